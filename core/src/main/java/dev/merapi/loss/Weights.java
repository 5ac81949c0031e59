package dev.merapi.loss;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;

/** Fixed factors, one for each class, as a tensor where and as the prediction is. */
final class Weights {
    static final Weights NONE = new Weights();

    private final double[] values;
    private volatile Tensor cached;

    Weights(double... values) {
        for (double value : values) {
            if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("Class weights: expected numbers of at least 0. Received "
                        + Arrays.toString(values));
            }
        }
        this.values = values.clone();
    }

    boolean isNone() { return values.length == 0; }

    /** The factors as a tensor (classes), or null if there are none. */
    Tensor like(Tensor prediction, long classes, String where) {
        if (isNone()) return null;
        if (values.length != classes) {
            throw new IllegalArgumentException(where + ": expected one weight for each of the " + classes
                    + " classes. Received " + values.length);
        }
        return on(prediction.device(), prediction.dtype());
    }

    private Tensor on(Device device, DType type) {
        Tensor tensor = cached;
        if (tensor == null || tensor.dtype() != type || !tensor.device().equals(device)) {
            tensor = Tensor.of(values).to(type).to(device).owned();
            cached = tensor; // freed as garbage: another thread may still read the old one
        }
        return tensor;
    }
}
