package dev.merapi.compress.quantize;

import dev.merapi.compress.Replaced;
import dev.merapi.nn.Change;
import dev.merapi.nn.Layer;

/** Fewer bits for a model as it is opened, by name and without data. */
public final class WhenOpened {
    private static final String HEAD = "lm_head"; // decides between tokens, and loses most by 4 bits

    private WhenOpened() {}

    /** {@link Quantization#byRow}. */
    public static final class Int8 implements Change.Method {
        @Override public String name() { return "int8"; }

        @Override public String change(Layer model) { return Quantization.byRow(model, _ -> true).toString(); }
    }

    /** {@link Quantization#int4(Layer, java.util.function.Predicate, int)}; the last layer of a decoder has 8 bits. */
    public static final class Int4 implements Change.Method {
        private static final int GROUP = 64;

        @Override public String name() { return "int4"; }

        @Override public String change(Layer model) {
            if (!model.layers().containsKey(HEAD)) return Quantization.int4(model, _ -> true, GROUP).toString();
            Replaced done = Quantization.nearest(model, name -> !name.equals(HEAD), GROUP);
            return done + "; " + Quantization.byRow(model, HEAD::equals);
        }
    }
}
