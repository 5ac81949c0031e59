package dev.merapi.train;

import dev.merapi.data.Batch;
import dev.merapi.loss.CrossEntropy;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.Adam;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class PrecisionTest {
    /** Notes in which types the model computed. */
    private record Watched(Sequential model, Set<DType> seen) implements Task<Batch> {
        @Override public Pass forward(Batch b) {
            var logits = model.forward(b.x());
            seen.add(logits.dtype());
            return Pass.of(new CrossEntropy().forward(logits, b.y()), b.size());
        }
    }

    @ParameterizedTest @EnumSource(names = {"FLOAT32", "BFLOAT16", "FLOAT16"})
    void theModelComputesInItAndLearnsWhileItsWeightsStayFloat32(DType type) {
        var task = new Watched(Blobs.model(), EnumSet.noneOf(DType.class));
        var run = Trainer.of(task).optimizer(m -> new Adam(m, 1e-2)).epochs(3).precision(type)
                .clipNorm(1).fit(Blobs.train(600, 32), Blobs.test());
        assertEquals(Set.of(type), task.seen);
        assertTrue(run.best("loss") < 0.3, run.history().toString());
        for (var param : task.model.params().values()) assertEquals(DType.FLOAT32, param.dtype());
    }

    private static Param withGradient(double gradient) {
        var param = new Param(Tensor.ones(2));
        param.mul(Tensor.of(new double[] {1, gradient}).to(DType.FLOAT32)).sum().backward();
        return param;
    }

    @Test void anOverflowHalvesTheLossScaleAndLeavesTheStepOut() {
        var at = new Bookmark();
        var scale = new LossScale(at, Strategy.SINGLE);
        assertEquals(65_536, scale.factor());
        try (var _ = Scope.open()) {
            assertFalse(scale.accept(List.of(withGradient(1), withGradient(Double.POSITIVE_INFINITY))));
            assertEquals(32_768, scale.factor());
            assertFalse(scale.accept(List.of(withGradient(Double.NaN))));
            assertEquals(16_384, scale.factor());
        }
    }

    @Test void twoThousandGoodStepsDoubleTheLossScale() {
        var at = new Bookmark();
        var scale = new LossScale(at, Strategy.SINGLE);
        try (var _ = Scope.open()) {
            var params = List.of(withGradient(1));
            for (int i = 0; i < 1_999; i++) assertTrue(scale.accept(params));
            assertEquals(65_536, scale.factor());
            assertTrue(scale.accept(params));
            assertEquals(131_072, scale.factor());
        }
    }
}
