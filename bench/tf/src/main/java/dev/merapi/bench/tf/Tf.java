package dev.merapi.bench.tf;

import dev.merapi.bench.Runner;
import dev.merapi.bench.Workload;
import java.io.IOException;
import java.util.Map;
import org.bytedeco.javacpp.Loader;
import org.tensorflow.TensorFlow;

/** TensorFlow Java's contender. */
final class Tf {
    private Tf() {}

    static void main() throws IOException {
        String version = Loader.getVersion("org.tensorflow", "tensorflow-core-api");
        Runner.serve("TensorFlow Java %s, TensorFlow %s".formatted(version, TensorFlow.version()), Map.of(
                Workload.CIFAR_CNN, () -> CifarCnn.training(Workload.CIFAR_CNN.items())));
    }
}
