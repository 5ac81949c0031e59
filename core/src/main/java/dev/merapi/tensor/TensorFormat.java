package dev.merapi.tensor;

import java.util.Arrays;

final class TensorFormat {
    private TensorFormat() {}

    static String format(Tensor t) { return t.describe() + " " + Arrays.toString(t.toFloats()); }
}
