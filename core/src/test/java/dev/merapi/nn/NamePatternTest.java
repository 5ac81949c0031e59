package dev.merapi.nn;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class NamePatternTest {
    @Test void aStarStandsForAnything() {
        var pattern = NamePattern.of("layer1.*", "*.bias", "fc");
        for (String name : List.of("layer1.0.conv.weight", "conv1.bias", "fc")) assertTrue(pattern.test(name), name);
        for (String name : List.of("layer10.weight", "layer1", "fc.weight", "conv1_bias")) {
            assertFalse(pattern.test(name), name);
        }
        assertFalse(NamePattern.of().test("x"));
    }

    @Test void whatFitsNothingIsRefused() {
        try (var model = new Sequential(new Linear(2, 2), new Relu())) {
            assertEquals("freeze: expected patterns of names of parameters, such as 0.bias or 0.*. Received 1.*.",
                    assertThrows(IllegalArgumentException.class,
                            () -> NamePattern.of("freeze", List.of("0.*", "1.*"), model)).getMessage());
        }
    }

    /** A frozen norm goes on with what it has seen; one of which a half is frozen does not. */
    @Test void whatIsChosenIsFrozen() {
        try (var model = new Sequential(new Linear(3, 3), new BatchNorm1d(3), new BatchNorm1d(3));
                var _ = Scope.open()) {
            model.freeze(NamePattern.of("0.*", "1.*", "2.weight"));
            float[] before = model.tensors().get("1.running_mean").toFloats();
            float[] after = model.tensors().get("2.running_mean").toFloats();
            model.forward(Tensor.of(new float[] {1, 2, 3, 5, 3, 1}, 2, 3)).sum().backward();
            model.params().forEach((name, param) ->
                    assertEquals(name.equals("2.bias"), param.isTrainable() && param.grad() != null, name));
            assertArrayEquals(before, model.tensors().get("1.running_mean").toFloats());
            assertFalse(Arrays.equals(after, model.tensors().get("2.running_mean").toFloats()));
            model.freeze(false);
            assertTrue(model.params().values().stream().allMatch(p -> p.isTrainable()));
        }
    }
}
