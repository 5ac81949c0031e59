package dev.merapi.explain.shap;

import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

class GradientShapTest {
    @Test void itSumsToTheOutputAndOfALinearModelIsItsClosedForm() {
        try (var _ = Scope.open()) {
            Torch.seed(1);
            var net = new Sequential(new Linear(10, 32), new Relu(), new Linear(32, 2));
            var x = Tensor.randn(1, 10);
            var background = Tensor.randn(30, 10);
            assertEquals(0, new GradientShap(net, background).explain(x, 1).gap(), 1e-9);
            var linear = new Linear(10, 1);
            linear.to(DType.FLOAT64);
            double[] closed = x.sub(background.mean(0)).mul(linear.params().get("weight")).toDoubles();
            var doubles = new GradientShap(linear, background.to(DType.FLOAT64)).explain(x.to(DType.FLOAT64), 0);
            assertArrayEquals(closed, doubles.values(), 1e-6);
            linear.close();
            net.close();
        }
    }
}
