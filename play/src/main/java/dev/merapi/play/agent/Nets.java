package dev.merapi.play.agent;

import dev.merapi.nn.Activation;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.Flatten;
import dev.merapi.nn.Init;
import dev.merapi.nn.Lambda;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Unary;
import dev.merapi.play.env.Space;
import java.util.ArrayList;
import java.util.List;

/** The small networks of agents: dense, behind two convolutions where an observation is a picture of some size. */
final class Nets {
    private static final int FILTERS = 16;
    private static final int LARGE = 16; // pixels on a side from which convolutions pay

    private Nets() {}

    /** Maps observations (N, …) to features (N, the last of {@code hidden}). */
    static Sequential body(Space.Box seen, List<Integer> hidden, Activation activation) {
        var layers = new ArrayList<Unary>();
        int width = seen.width();
        long[] shape = seen.shape();
        if (shape.length == 3 && shape[1] >= LARGE && shape[2] >= LARGE) {
            layers.add(new Lambda("picture", x -> x.unflatten(1, shape)));
            layers.add(new Conv2d((int) shape[0], FILTERS, 3, 1, 1));
            layers.add(new Relu());
            layers.add(new Conv2d(FILTERS, FILTERS, 3, 2, 1));
            layers.add(new Relu());
            layers.add(new Flatten());
            width = (int) (FILTERS * Math.ceilDiv(shape[1], 2) * Math.ceilDiv(shape[2], 2));
        }
        return dense(layers, width, hidden, activation);
    }

    /** Of numbers that are no picture. */
    static Sequential dense(int width, List<Integer> hidden, Activation activation) {
        return dense(new ArrayList<>(), width, hidden, activation);
    }

    private static Sequential dense(List<Unary> layers, int width, List<Integer> hidden, Activation activation) {
        for (int size : hidden) {
            layers.add(new Linear(width, size));
            layers.add(activation == Activation.RELU ? new Relu() : activation);
            width = size;
        }
        return new Sequential(layers);
    }

    /** Makes all matrices orthogonal and all biases 0, as is usual for policies (Andrychowicz et al. 2021). */
    static Sequential orthogonal(Sequential net, double gain) {
        net.params().forEach((name, param) ->
                (name.endsWith("weight") ? Init.orthogonal(gain) : Init.zeros()).apply(param));
        return net;
    }

    /** The last layer, whose first answers are of a size. */
    static Linear head(int in, int out, double gain) {
        var head = new Linear(in, out);
        head.params().forEach((name, param) ->
                (name.endsWith("weight") ? Init.orthogonal(gain) : Init.zeros()).apply(param));
        return head;
    }
}
