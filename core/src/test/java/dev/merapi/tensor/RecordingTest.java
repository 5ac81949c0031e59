package dev.merapi.tensor;

import dev.merapi.nn.F;
import dev.merapi.nn.Linear;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

class RecordingTest {
    @Test void operatorsAreHeardByNameWithAllTheirArguments() {
        var heard = new ArrayList<Recording.Operation>();
        try (var _ = Scope.open()) {
            Tensor x = Tensor.ones(2, 3), y, z;
            try (var _ = Recording.listen(heard::add)) {
                assertTrue(Recording.isOn());
                y = x.add(2).softmax(1);
                z = Tensor.cat(List.of(y, x), 0).relu_().sum(new long[] {1}, true);
            }
            assertFalse(Recording.isOn());
            x.neg(); // nobody hears
            assertEquals(List.of("add", "softmax", "cat", "relu_", "sum"),
                    heard.stream().map(Recording.Operation::name).toList());
            assertSame(x, heard.getFirst().arguments().getFirst());
            assertEquals(2, heard.getFirst().arguments().getLast());
            assertEquals(1L, heard.get(1).arguments().getLast());
            assertSame(y, heard.get(1).results().getFirst());
            assertSame(y, ((Tensor[]) heard.get(2).arguments().getFirst())[0]);
            assertSame(heard.get(2).results().getFirst(), heard.get(3).results().getFirst()); // in place
            assertSame(z, heard.get(4).results().getFirst());
        }
    }

    @Test void layersRunAsTheOperatorOfTheirFormula() {
        var names = new ArrayList<String>();
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            var layer = new Linear(512, 256); // of one row, otherwise read by dot products
            Tensor x = Tensor.ones(1, 512), fast = layer.forward(x), heard;
            try (var _ = Recording.listen(operation -> names.add(operation.name()))) {
                heard = F.gelu(layer.forward(x));
            }
            assertEquals(List.of("linear", "gelu"), names);
            assertTrue(heard.allClose(F.gelu(fast), 1e-5, 1e-5));
        }
    }

    @Test void whatAListenerComputesIsNotHeard() {
        var names = new ArrayList<String>();
        try (var _ = Scope.open(); var _ = Recording.listen(operation -> {
            names.add(operation.name());
            operation.results().getFirst().mul(2);
        })) {
            Tensor.ones(2).neg();
        }
        assertEquals(List.of("empty", "fill_", "neg"), names);
    }
}
