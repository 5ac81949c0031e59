package dev.merapi.bench.raw;

import dev.merapi.bench.Runner;
import dev.merapi.bench.Step;
import dev.merapi.bench.Workload;
import java.io.IOException;
import java.util.Map;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** channels_last, fused Adam, MKL, a tuned malloc, and no registration of pointers with the garbage collector. */
final class Raw {
    private static final long GPT2_PARAMETERS = 124_439_808;

    private Raw() {}

    static void main() throws IOException {
        Malloc.keepFreedMemory();
        torch.set_num_threads(Runner.threads());
        torch.manual_seed(1);
        Runner.serve("libtorch %s by JavaCPP, MKL %s".formatted(version("pytorch"), version("mkl")), Map.of(
                Workload.CIFAR_CNN, CifarCnn::training,
                Workload.RESNET18, ResNet18::training,
                Workload.TRANSFORMER, Transformer::training,
                Workload.DEEPFM, DeepFm::training,
                Workload.DEEP_SPEECH, DeepSpeech::training,
                Workload.GPT2_DECODE, Raw::gpt2Bytes,
                Workload.TINY_ADD, () -> {
                    Tensor a = torch.randn(2, 3);
                    Tensor b = torch.randn(2, 3);
                    return () -> tinyAdd(a, b);
                }));
    }

    private static double tinyAdd(Tensor a, Tensor b) {
        try (var _ = new PointerScope()) {
            a.add(b);
        }
        return Double.NaN;
    }

    /** The fastest way found to read memory with all threads: a dot product, half of the weights by the other half. */
    private static Step gpt2Bytes() {
        Tensor a = torch.randn(GPT2_PARAMETERS / 2);
        Tensor b = torch.randn(GPT2_PARAMETERS / 2);
        return () -> {
            try (var _ = new PointerScope()) {
                return a.dot(b).item_float();
            }
        };
    }

    private static String version(String artifact) throws IOException {
        return Loader.getVersion("org.bytedeco", artifact);
    }
}
