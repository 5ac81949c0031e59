package dev.merapi.play.agent;

import dev.merapi.nn.Activation;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Sequential;
import dev.merapi.play.env.Chance;
import dev.merapi.play.env.Space;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Softmax over choices, one or several at once, of which a mask may forbid some (Huang and Ontañón 2022,
 * arXiv:2006.14171).
 */
final class ChoicePolicy<A> extends StochasticPolicy<A> {
    private static final double FORBIDDEN = -1e9;

    final Sequential body;
    final Linear head;
    private final Space<A> space;
    private final int[] counts;
    private final int width;

    ChoicePolicy(Space.Box seen, Space<A> space, int[] counts, List<Integer> hidden, Activation activation) {
        this.space = space;
        this.counts = counts;
        width = Arrays.stream(counts).sum();
        body = Nets.orthogonal(Nets.body(seen, hidden, activation), Math.sqrt(2));
        head = Nets.head(hidden.getLast(), width, 0.01);
    }

    @Override Tensor forward(Tensor x) { return hooked(head.forward(body.forward(x)), x); }

    /** log π of all choices of part {@code i}, (N, counts[i]). */
    private Tensor logs(Tensor parameters, Tensor masks, int i) {
        int from = Arrays.stream(counts, 0, i).sum();
        var logits = counts.length == 1 ? parameters : parameters.narrow(1, from, counts[i]);
        if (masks != null) logits = logits.maskedFill(masks.narrow(1, from, counts[i]).eq(0), FORBIDDEN);
        return logits.logSoftmax(1);
    }

    @Override Tensor logProbability(Tensor parameters, Tensor actions, Tensor masks) {
        Tensor sum = null;
        for (int i = 0; i < counts.length; i++) {
            var one = logs(parameters, masks, i).gather(1, actions.narrow(1, i, 1).to(DType.INT64)).squeeze(1);
            sum = sum == null ? one : sum.add(one);
        }
        return sum;
    }

    @Override Tensor entropy(Tensor parameters, Tensor masks) {
        Tensor sum = null;
        for (int i = 0; i < counts.length; i++) {
            var logs = logs(parameters, masks, i);
            var one = logs.exp().mul(logs).sum(1).neg();
            sum = sum == null ? one : sum.add(one);
        }
        return sum;
    }

    @Override A sample(float[] logits, int row, boolean[] mask, Chance chance) {
        var chosen = new float[counts.length];
        for (int i = 0, from = 0; i < counts.length; from += counts[i++]) {
            int at = row * width + from;
            double highest = logits[at + likeliest(logits, at, mask, from, counts[i])];
            var odds = new double[counts[i]];
            double sum = 0;
            for (int a = 0; a < counts[i]; a++) {
                if (mask == null || mask[from + a]) odds[a] = Math.exp(logits[at + a] - highest);
                sum += odds[a];
            }
            double left = chance.nextDouble() * sum;
            int a = 0;
            while (a < counts[i] - 1 && left >= odds[a]) left -= odds[a++];
            while (odds[a] == 0) a--; // a sum of rounded numbers may end at one that is forbidden
            chosen[i] = a;
        }
        return space.decode(chosen);
    }

    @Override A mode(float[] logits, int row, boolean[] mask) {
        var chosen = new float[counts.length];
        for (int i = 0, from = 0; i < counts.length; from += counts[i++]) {
            chosen[i] = likeliest(logits, row * width + from, mask, from, counts[i]);
        }
        return space.decode(chosen);
    }

    private static int likeliest(float[] logits, int at, boolean[] mask, int from, int n) {
        int best = -1;
        for (int a = 0; a < n; a++) {
            if ((mask == null || mask[from + a]) && (best < 0 || logits[at + a] > logits[at + best])) best = a;
        }
        return best;
    }

    @Override A bounded(A action) { return action; }

    @Override int maskWidth() { return width; }
}
