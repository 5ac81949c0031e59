package dev.merapi.bench.ort;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.merapi.bench.Batches;
import dev.merapi.bench.Runner;
import dev.merapi.bench.Step;
import dev.merapi.bench.Workload;
import java.io.IOException;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.Map;

/** ONNX Runtime's contender. */
final class Ort {
    private static final int VOCABULARY = 30_522;

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;

    private Ort() throws IOException, OrtException {
        try (var model = Ort.class.getResourceAsStream("/all-minilm-l6-v2.onnx");
                var options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(Runner.threads());
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            session = environment.createSession(model.readAllBytes(), options);
        }
    }

    static void main() throws IOException, OrtException {
        var ort = new Ort();
        Runner.serve("ONNX Runtime " + ort.environment.getVersion(), Map.of(
                Workload.MINILM_1X32, () -> ort.inference(1, 32),
                Workload.MINILM_1X128, () -> ort.inference(1, 128),
                Workload.MINILM_8X128, () -> ort.inference(8, 128)));
    }

    private Step inference(int batch, int length) {
        int count = batch * length;
        var ids = Arrays.stream(Batches.integers(1, count, VOCABULARY)).asLongStream().toArray();
        var ones = new long[count];
        Arrays.fill(ones, 1);
        try {
            var inputs = Map.of("input_ids", tensor(ids, batch, length), "attention_mask", tensor(ones, batch, length),
                    "token_type_ids", tensor(new long[count], batch, length));
            return () -> run(inputs);
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    private OnnxTensor tensor(long[] values, long... shape) throws OrtException {
        return OnnxTensor.createTensor(environment, LongBuffer.wrap(values), shape);
    }

    private double run(Map<String, OnnxTensor> inputs) {
        try (var _ = session.run(inputs)) {
            return Double.NaN;
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }
}
