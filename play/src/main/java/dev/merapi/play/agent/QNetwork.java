package dev.merapi.play.agent;

import dev.merapi.nn.Activation;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Unary;
import dev.merapi.play.env.Space;
import dev.merapi.tensor.Tensor;

/**
 * What each action is worth. Shapes: observations (N, …) to values (N, A), or of a distribution's Z atoms to logits
 * (N, A, Z). With duelling streams Q = V + A − mean A (Wang et al. 2016, arXiv:1511.06581).
 */
final class QNetwork extends Layer {
    final Sequential body;
    final Layer advantage;
    final Layer value; // null: no duelling streams
    private final int actions, atoms;

    QNetwork(Space.Box seen, int actions, DqnOptions o) {
        this.actions = actions;
        this.atoms = o.atoms();
        body = Nets.body(seen, o.hidden(), Activation.RELU);
        int width = o.hidden().getLast();
        advantage = last(width, actions * atoms, o.noisy());
        value = o.duelling() ? last(width, atoms, o.noisy()) : null;
    }

    private static Layer last(int in, int out, boolean noisy) {
        return noisy ? new NoisyLinear(in, out) : new Linear(in, out);
    }

    Tensor forward(Tensor x) {
        var features = body.forward(x);
        var a = ((Unary) advantage).forward(features);
        if (value == null) return hooked(atoms == 1 ? a : a.unflatten(1, actions, atoms), x);
        var v = ((Unary) value).forward(features);
        if (atoms == 1) return hooked(v.add(a.sub(a.mean(new long[] {1}, true))), x);
        a = a.unflatten(1, actions, atoms);
        return hooked(v.unsqueeze(1).add(a.sub(a.mean(new long[] {1}, true))), x);
    }
}
