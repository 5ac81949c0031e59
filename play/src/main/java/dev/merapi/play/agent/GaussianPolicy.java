package dev.merapi.play.agent;

import dev.merapi.nn.Activation;
import dev.merapi.nn.Init;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Sequential;
import dev.merapi.play.env.Chance;
import dev.merapi.play.env.Space;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;
import java.util.List;

/** Normal about a mean that follows from the observation, with a deviation that does not; cut at the space's bounds. */
final class GaussianPolicy extends StochasticPolicy<float[]> {
    private static final double LOG_2PI = Math.log(2 * Math.PI);

    final Sequential body;
    final Linear head;
    final Param logDeviation; // (W)
    private final float[] low, high;
    private final int width;

    GaussianPolicy(Space.Box seen, Space.Box actions, List<Integer> hidden, Activation activation) {
        width = actions.width();
        low = actions.low();
        high = actions.high();
        body = Nets.orthogonal(Nets.body(seen, hidden, activation), Math.sqrt(2));
        head = Nets.head(hidden.getLast(), width, 0.01);
        logDeviation = param(Init.zeros(), width);
    }

    /** Means and logarithms of deviations, (N, 2 W). */
    @Override Tensor forward(Tensor x) {
        var mean = head.forward(body.forward(x));
        return hooked(Tensor.cat(List.of(mean, logDeviation.unsqueeze(0).expandAs(mean)), 1), x);
    }

    @Override Tensor logProbability(Tensor parameters, Tensor actions, Tensor masks) {
        var log = parameters.narrow(1, width, width);
        var off = actions.sub(parameters.narrow(1, 0, width)).div(log.exp());
        return off.square().mul(-0.5).sub(log).sub(LOG_2PI / 2).sum(1);
    }

    @Override Tensor entropy(Tensor parameters, Tensor masks) {
        return parameters.narrow(1, width, width).add((1 + LOG_2PI) / 2).sum(1);
    }

    @Override float[] sample(float[] parameters, int row, boolean[] mask, Chance chance) {
        var action = new float[width];
        for (int i = 0; i < width; i++) {
            int at = row * 2 * width + i;
            action[i] = (float) (parameters[at] + Math.exp(parameters[at + width]) * chance.nextGaussian());
        }
        return action;
    }

    @Override float[] mode(float[] parameters, int row, boolean[] mask) {
        var action = new float[width];
        System.arraycopy(parameters, row * 2 * width, action, 0, width);
        return action;
    }

    @Override float[] bounded(float[] action) {
        var bounded = new float[width];
        for (int i = 0; i < width; i++) bounded[i] = Math.clamp(action[i], low[i], high[i]);
        return bounded;
    }

    @Override int maskWidth() { return 0; }
}
