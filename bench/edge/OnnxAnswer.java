import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.Map;

/** Asks an exported Fashion model once: what a program with nothing else in it takes to start. */
class OnnxAnswer {
    public static void main(String[] arguments) throws Exception {
        var environment = OrtEnvironment.getEnvironment();
        try (var session = environment.createSession(arguments[0], new OrtSession.SessionOptions());
                var x = OnnxTensor.createTensor(environment, FloatBuffer.allocate(784), new long[] {1, 1, 28, 28});
                var results = session.run(Map.of("pixels", x))) {
            float[] logits = ((float[][]) results.get(0).getValue())[0];
            System.out.println(logits.length + " scores");
        }
    }
}
