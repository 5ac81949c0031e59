package dev.merapi.examples;

import dev.merapi.nn.Conv2d;
import dev.merapi.nn.Flatten;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.MaxPool2d;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Unary;
import dev.merapi.optim.Adam;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Classification;
import dev.merapi.train.Trainer;
import dev.merapi.vision.data.FashionMnist;

/** A layer of one's own: fields for its state, and a forward that reads like its formula. */
final class CustomLayer {
    /**
     * Squeeze and excitation: scales each channel by what the whole image shows. Shapes: x (N, C, H, W) to the same.
     * Hu et al. 2018, arXiv:1709.01507, section 3.
     */
    static final class SqueezeExcitation extends Layer implements Unary {
        final Linear reduce;
        final Linear expand;

        SqueezeExcitation(int channels, int reduction) {
            reduce = new Linear(channels, channels / reduction);
            expand = new Linear(channels / reduction, channels);
        }

        @Override public Tensor forward(Tensor x) {
            var s = expand.forward(reduce.forward(x.mean(2, 3)).relu()).sigmoid(); // (N, C)
            return x.mul(s.unflatten(1, -1, 1, 1));
        }
    }

    static void main() {
        Torch.seed(1337);
        var data = FashionMnist.subset();
        var model = new Sequential(
                new Conv2d(1, 32, 3), new Relu(), new MaxPool2d(4), new SqueezeExcitation(32, 8),
                new Flatten(), new Linear(32 * 6 * 6, 10));
        var run = Trainer.of(Classification.of(model, 10)).optimizer(m -> new Adam(m, 1e-3))
                .fit(data.train(64), data.test(256));
        IO.println("accuracy " + run.best("accuracy"));
        IO.println(model.params().keySet()); // [0.weight, 0.bias, 3.reduce.weight, …]
    }
}
