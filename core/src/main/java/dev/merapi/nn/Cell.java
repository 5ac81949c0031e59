package dev.merapi.nn;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;

/** One step of a recurrent net, for loops of one's own. Shapes: x (B, in), states (B, hidden) to the same. */
public abstract sealed class Cell extends Layer permits RnnCell, GruCell, LstmCell {
    final Param weightIh; // (gates · hidden, in)
    final Param weightHh; // (gates · hidden, hidden)
    final Param biasIh; // (gates · hidden)
    final Param biasHh; // (gates · hidden)
    private final int in;
    private final int hidden;

    Cell(int in, int hidden, int gates) {
        this.in = in;
        this.hidden = hidden;
        var init = Init.uniform(-1 / Math.sqrt(hidden), 1 / Math.sqrt(hidden)); // as torch.nn.LSTMCell
        this.weightIh = param(init, (long) gates * hidden, in);
        this.weightHh = param(init, (long) gates * hidden, hidden);
        this.biasIh = param(init, (long) gates * hidden);
        this.biasHh = param(init, (long) gates * hidden);
    }

    /** The next states. */
    final Tensor[] step(String op, Tensor x, Tensor... states) {
        if (x.rank() != 2) throw Inputs.wrong(this, "x of shape (B, in)", x, ".");
        Inputs.last(this, x, in);
        for (Tensor h : states) {
            if (h.rank() == 2 && h.size(0) == x.size(0) && h.size(1) == hidden) continue;
            throw Expect.error(path(), "states (B, hidden) of shape " + Shapes.toString(x.size(0), hidden),
                    Shapes.toString(h.shape()));
        }
        if (Watches.seesOperations()) {
            var next = Unrolled.step(op, F.linear(x, weightIh, biasIh), F.linear(states[0], weightHh, biasHh), states);
            next[0] = hooked(next[0], x);
            return next;
        }
        Object state = states.length == 1 ? states[0] : states;
        var next = Tensor.callAll(op, "", x, state, weightIh, weightHh, biasIh, biasHh);
        if (Hooks.isOn()) {
            long multiplyAdds = x.size(0) * (weightIh.numel() + weightHh.numel());
            next[0] = hooked(Watches.product(weightIh, next[0], multiplyAdds), x);
        }
        return next;
    }
}
