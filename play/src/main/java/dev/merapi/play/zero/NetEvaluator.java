package dev.merapi.play.zero;

import dev.merapi.play.game.GameState;
import dev.merapi.play.search.Evaluator;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Asks a network. Several threads may. */
public final class NetEvaluator implements Evaluator {
    private static final int STEP = 32;

    private final PolicyValueNet net;
    private final DType type;

    public NetEvaluator(PolicyValueNet net) { this(net, DType.FLOAT32); }

    /** @param type of most computations: float32 or bfloat16 */
    public NetEvaluator(PolicyValueNet net, DType type) {
        this.net = net;
        this.type = type;
    }

    @Override public List<Estimate> evaluate(List<GameState> states) {
        var spec = states.getFirst().spec();
        int count = states.size(), rows = rows(count), moves = spec.moves();
        var planes = new float[rows * spec.inputs()];
        for (int i = 0; i < count; i++) states.get(i).planes(planes, i * spec.inputs());
        float[] logits, values;
        try (var _ = Scope.open(); var _ = Torch.noGrad(); var _ = net.evaluating()) {
            var x = Tensor.of(planes, rows, spec.planes(), spec.height(), spec.width());
            var answer = forward(x.to(net.device()));
            logits = answer.policy().to(DType.FLOAT32).toFloats();
            values = answer.value().to(DType.FLOAT32).toFloats();
        }
        var estimates = new ArrayList<Estimate>();
        for (int i = 0; i < count; i++) {
            estimates.add(new Estimate(Arrays.copyOfRange(logits, i * moves, (i + 1) * moves), values[i]));
        }
        return estimates;
    }

    private PolicyValueNet.Answer forward(Tensor x) {
        if (type == DType.FLOAT32) return net.forward(x);
        try (var _ = Torch.autocast(net.device(), type)) {
            return net.forward(x);
        }
    }

    /** Rows for so many positions: few different numbers, as the engine prepares a convolution for each. */
    static int rows(int count) {
        return count <= STEP ? Integer.highestOneBit(2 * count - 1) : Math.ceilDiv(count, STEP) * STEP;
    }
}
