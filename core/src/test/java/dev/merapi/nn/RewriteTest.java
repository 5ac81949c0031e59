package dev.merapi.nn;

import dev.merapi.tensor.Guard;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** While somebody listens, layers run as written; otherwise as {@link Rewrite} says. Both give the same. */
class RewriteTest {
    private final Sequential net = new Sequential(
            new Conv2d(3, 8, 3), new Relu(), new MaxPool2d(2),
            new Conv2d(8, 8, 3), new BatchNorm2d(8), Activation.RELU, new MaxPool2d(2), new MaxPool2d(2),
            new Flatten(), new Linear(8, 8), new Relu(), new Dropout(0), new Relu(), new Linear(8, 2));

    @Test void poolsBeforeItRectifiesAndOverwritesWhatNobodyNeeds() {
        var layers = net.layers;
        var faster = Rewrite.faster(layers);
        assertEquals(layers.get(2), faster.get(1), "max-pooling before ReLU");
        assertEquals(List.of(layers.get(6), layers.get(7)), faster.subList(5, 7), "and before another one");
        var x = Tensor.of(new float[] {-1, 2}, 2);
        for (int relu : new int[] {2, 7, 10}) {
            x.copy_(Tensor.of(new float[] {-1, 2}, 2));
            faster.get(relu).forward(x);
            assertEquals(0, x.min().item(), "ReLU " + relu + " overwrites");
        }
        assertEquals(layers.get(12), faster.get(12), "what dropout returns may be its input");
    }

    @Test void valuesAndGradientsAreTheSameToTheBit() {
        try (var _ = Scope.open()) {
            var x = Tensor.randn(4, 3, 20, 20);
            x.copy_(x.mul(4).round().div(4)); // ties in the windows
            List<Tensor> fast = run(x);
            List<Tensor> written;
            try (Guard _ = Hooks.listen(net, _ -> { })) {
                written = run(x);
            }
            for (int i = 0; i < fast.size(); i++) assertTrue(fast.get(i).sameAs(written.get(i)), "result " + i);
        }
    }

    /** The input is the caller's, whoever comes first. */
    @Test void leavesTheInputAlone() {
        try (var _ = Scope.open()) {
            var x = Tensor.randn(1, 1, 4, 4);
            var before = x.copy();
            new Sequential(new Relu(), new MaxPool2d(2)).forward(x);
            new Sequential(Activation.RELU).forward(x);
            assertTrue(x.sameAs(before));
        }
    }

    /** The result, then the gradients of the input and of all parameters. */
    private List<Tensor> run(Tensor x) {
        Torch.seed(5);
        var input = x.copy().requiresGrad_(true);
        net.params().values().forEach(Tensor::clearGrad);
        Tensor y = net.forward(input);
        y.square().sum().backward();
        var results = new ArrayList<>(List.of(y, input.grad()));
        net.params().values().forEach(p -> results.add(p.grad().copy()));
        return results;
    }
}
