package dev.merapi.loss;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Tensor;
import java.lang.foreign.MemorySegment;
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

    int count() { return values.length; }

    /** The factors as a tensor (classes), or null if there are none. */
    Tensor like(Tensor prediction, long classes, String where) {
        if (expect(classes, where).values.length == 0) return null;
        Tensor tensor = cached;
        if (tensor == null || !fits(tensor, prediction)) {
            tensor = Tensor.of(values).to(prediction.dtype()).to(prediction.device()).owned();
            cached = tensor; // the old one is freed as garbage: another thread may still read it
        }
        return tensor;
    }

    /** These, if there are as many as classes, or none. */
    Weights expect(long classes, String where) {
        if (values.length == 0 || values.length == classes) return this;
        throw new IllegalArgumentException(where + ": expected one weight for each of the " + classes
                + " classes. Received " + values.length);
    }

    /** The factors as a new tensor (classes), float64. */
    Tensor on(Device device) {
        return Tensor.of(MemorySegment.ofArray(values), DType.FLOAT64, values.length).to(device);
    }

    /** A tensor made for inference cannot take part in training. */
    private static boolean fits(Tensor weights, Tensor prediction) {
        return weights.dtype() == prediction.dtype() && weights.device().equals(prediction.device())
                && (!weights.unwrap().is_inference() || prediction.unwrap().is_inference());
    }
}
