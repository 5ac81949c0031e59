package dev.merapi.tabular.model;

import dev.merapi.nn.BatchNorm1d;
import dev.merapi.nn.Dropout;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Linear layers with ReLU, and dropout, between. Shapes: x (B, in) to (B, the last width). */
final class Deep extends Layer implements Unary {
    final List<Layer> layers;
    private final int width;

    Deep(int in, DeepOptions options) {
        var all = new ArrayList<Layer>();
        int before = in;
        for (int next : options.hidden()) {
            all.add(new Linear(before, next, !options.batchNorm()));
            if (options.batchNorm()) all.add(new BatchNorm1d(next));
            all.add(new Relu());
            if (options.dropout() > 0) all.add(new Dropout(options.dropout()));
            before = next;
        }
        layers = List.copyOf(all);
        width = before;
    }

    /** Of what comes out. */
    int width() { return width; }

    @Override public Tensor forward(Tensor x) {
        Tensor y = x;
        for (var layer : layers) y = ((Unary) layer).forward(y);
        return hooked(y, x);
    }
}
