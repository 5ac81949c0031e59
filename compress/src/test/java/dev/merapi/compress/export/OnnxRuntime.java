package dev.merapi.compress.export;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.merapi.nn.Signature;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Runs ONNX files as others do. */
final class OnnxRuntime {
    private static final long STACK = 256 << 20; // its optimizer recurses over the graph

    private OnnxRuntime() {}

    /** A model's own answers and those of its file, for inputs of sizes that it was not traced with. */
    static void assertSame(Signature model, Path file, Map<String, Long> sizes) {
        var inputs = model.inputs().stream().map(input -> input.sample().apply(input.axes().stream()
                .mapToLong(axis -> axis instanceof String name ? sizes.get(name) : ((Number) axis).longValue())
                .toArray())).toList();
        assertSame(model, file, inputs);
    }

    static void assertSame(Signature model, Path file, List<Tensor> inputs) {
        List<Tensor> expected;
        try (var _ = model.model().evaluating(); var _ = Torch.noGrad()) {
            expected = model.forward().apply(inputs);
        }
        var given = new LinkedHashMap<String, Tensor>();
        for (int i = 0; i < inputs.size(); i++) given.put(model.inputs().get(i).name(), inputs.get(i));
        var received = run(file, given);
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i).shape(), received.get(i).shape());
            double apart = received.get(i).sub(expected.get(i)).abs().max().item();
            double size = expected.get(i).abs().max().item();
            assertTrue(apart <= 1e-4 * Math.max(1, size), file.getFileName() + ": " + apart + " apart of " + size);
        }
    }

    static List<Tensor> run(Path file, Map<String, Tensor> inputs) {
        var results = new ArrayList<Result>();
        var error = new AtomicReference<Throwable>();
        var thread = new Thread(null, () -> {
            try {
                run(file, inputs, results);
            } catch (OrtException | RuntimeException e) {
                error.set(e);
            }
        }, "onnx", STACK);
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        if (error.get() != null) throw new AssertionError(error.get().getMessage(), error.get());
        return results.stream().map(Result::tensor).toList();
    }

    private static void run(Path file, Map<String, Tensor> inputs, List<Result> results) throws OrtException {
        var environment = OrtEnvironment.getEnvironment();
        var given = new LinkedHashMap<String, OnnxTensor>();
        try (var options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            try (var session = environment.createSession(file.toString(), options)) {
                for (var input : inputs.entrySet()) given.put(input.getKey(), tensor(environment, input.getValue()));
                try (var answers = session.run(given)) {
                    for (var result : answers) {
                        var tensor = (OnnxTensor) result.getValue();
                        results.add(Result.of(tensor));
                    }
                }
            }
        } finally {
            given.values().forEach(OnnxTensor::close);
        }
    }

    /** What a thread that knows no scope gives back. */
    private record Result(float[] floats, long[] longs, long[] shape) {
        static Result of(OnnxTensor tensor) {
            var shape = tensor.getInfo().getShape();
            if (tensor.getInfo().type == OnnxJavaType.INT64) {
                var longs = tensor.getLongBuffer();
                var values = new long[longs.remaining()];
                longs.get(values);
                return new Result(null, values, shape);
            }
            var floats = tensor.getFloatBuffer();
            var values = new float[floats.remaining()];
            floats.get(values);
            return new Result(values, null, shape);
        }

        Tensor tensor() { return floats != null ? Tensor.of(floats, shape) : Tensor.of(longs, shape); }
    }

    private static OnnxTensor tensor(OrtEnvironment environment, Tensor tensor) throws OrtException {
        var bytes = tensor.contiguous().segment().toArray(ValueLayout.JAVA_BYTE);
        var buffer = ByteBuffer.allocateDirect(bytes.length).order(ByteOrder.nativeOrder()).put(bytes).flip();
        return OnnxTensor.createTensor(environment, buffer, tensor.shape(), type(tensor.dtype()));
    }

    private static OnnxJavaType type(DType type) {
        return switch (type) {
            case FLOAT32 -> OnnxJavaType.FLOAT;
            case INT64 -> OnnxJavaType.INT64;
            case FLOAT64 -> OnnxJavaType.DOUBLE;
            default -> throw new AssertionError(type);
        };
    }
}
