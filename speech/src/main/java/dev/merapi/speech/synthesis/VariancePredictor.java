package dev.merapi.speech.synthesis;

import dev.merapi.nn.Conv1d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.F;
import dev.merapi.nn.Layer;
import dev.merapi.nn.LayerNorm;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;

/** A number for each symbol: how long, how high or how loud it is said. Shapes: x (B, S, E) to (B, S). */
final class VariancePredictor extends Layer implements Unary {
    private static final int KERNEL = 3;

    Unary first;
    Unary firstNorm;
    Unary second;
    Unary secondNorm;
    Unary out;
    private final double dropout;

    VariancePredictor(int width, double dropout) {
        this.dropout = dropout;
        first = new Conv1d(width, width, KERNEL, ConvOptions.SAME);
        firstNorm = new LayerNorm(width);
        second = new Conv1d(width, width, KERNEL, ConvOptions.SAME);
        secondNorm = new LayerNorm(width);
        out = new Linear(width, 1);
    }

    @Override public Tensor forward(Tensor x) {
        Tensor y = F.dropout(firstNorm.forward(convolved(first, x)), dropout, isTraining());
        Tensor z = F.dropout(secondNorm.forward(convolved(second, y)), dropout, isTraining());
        return hooked(out.forward(z).squeeze(2), x);
    }

    private static Tensor convolved(Unary conv, Tensor x) {
        return conv.forward(x.transpose(1, 2)).relu().transpose(1, 2);
    }
}
