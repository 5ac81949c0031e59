package dev.merapi.vision.model;

import dev.merapi.io.Weights;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.HashMap;
import java.util.function.Supplier;
import java.util.zip.CRC32;

/** Numbers that follow from names: {@code src/test/python/models.py} makes the same. */
public final class Noise {
    private Noise() {}

    /** From -1 to 1, of 24 bits. */
    public static Tensor of(String name, long... shape) { return Tensor.of(values(name, Shapes.numel(shape)), shape); }

    private static double[] values(String name, long count) {
        var crc = new CRC32();
        crc.update(name.getBytes());
        var values = new double[Math.toIntExact(count)];
        for (int i = 0; i < values.length; i++) {
            long z = ((crc.getValue() << 32) + i) * 0x9E3779B97F4A7C15L;
            z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
            z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
            values[i] = ((z ^ z >>> 31) >>> 40) / 8_388_608.0 - 1;
        }
        return values;
    }

    /** A model in float64, its tensors filled. */
    public static <M extends Layer> M model(Supplier<M> made) {
        M model;
        try (var _ = Torch.on(Device.META, DType.FLOAT64)) {
            model = made.get();
        }
        try (var _ = Scope.open()) {
            var tensors = new HashMap<String, Tensor>();
            model.tensors().forEach((name, tensor) -> tensors.put(name, filled(name, tensor.shape())));
            Weights.of(tensors).loadInto(model);
        }
        return model;
    }

    /** A tensor of a file, in float32. */
    static Tensor filled(String name, long[] shape) {
        if (shape.length == 0) return Tensor.zeros(DType.INT64);
        double[] values = values(name, Shapes.numel(shape));
        double scale = shape.length == 1 ? 0.1 : Math.sqrt(6.0 / (values.length / shape[0]));
        double shift = 0;
        if (name.endsWith("running_var") || shape.length == 1 && name.endsWith("weight")) {
            scale = 0.2;
            shift = 1;
        } else if (name.endsWith("layer_scale")) {
            scale = 0.5;
        }
        var rounded = new float[values.length];
        for (int i = 0; i < rounded.length; i++) rounded[i] = (float) (values[i] * scale + shift);
        return Tensor.of(rounded, shape);
    }
}
