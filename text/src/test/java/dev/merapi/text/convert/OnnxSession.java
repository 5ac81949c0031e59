package dev.merapi.text.convert;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Map;

/** A BERT run by ONNX Runtime. */
final class OnnxSession implements AutoCloseable {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;

    OnnxSession(Path file, int threads) throws OrtException {
        var options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(threads);
        session = environment.createSession(file.toString(), options);
    }

    /** The hidden vectors (B, T, E) of ids (B, T), row by row. */
    float[] hidden(long[] ids, long[] mask, int batch) throws OrtException {
        long[] shape = {batch, ids.length / batch};
        try (var words = OnnxTensor.createTensor(environment, LongBuffer.wrap(ids), shape);
                var seen = OnnxTensor.createTensor(environment, LongBuffer.wrap(mask), shape);
                var types = OnnxTensor.createTensor(environment, LongBuffer.wrap(new long[ids.length]), shape);
                var results = session.run(
                        Map.of("input_ids", words, "attention_mask", seen, "token_type_ids", types))) {
            var buffer = ((OnnxTensor) results.get(0)).getFloatBuffer();
            var values = new float[buffer.remaining()];
            buffer.get(values);
            return values;
        }
    }

    @Override public void close() throws OrtException { session.close(); }
}
