package dev.merapi.tabular.series;

import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;

/** Squeezes windows through a few numbers and writes them again. Shapes: (B, L) to (B, L). */
public final class SeriesAutoencoder extends Layer implements Unary {
    final Sequential encoder;
    final Sequential decoder;

    /** @param code the few numbers */
    public SeriesAutoencoder(int context, int hidden, int code) {
        encoder = new Sequential(new Linear(context, hidden), new Relu(), new Linear(hidden, code));
        decoder = new Sequential(new Linear(code, hidden), new Relu(), new Linear(hidden, context));
    }

    @Override public Tensor forward(Tensor x) { return hooked(decoder.forward(encoder.forward(x)), x); }
}
