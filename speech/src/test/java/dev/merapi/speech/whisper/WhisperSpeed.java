package dev.merapi.speech.whisper;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.lang.management.ManagementFactory;
import java.util.List;

/**
 * Seconds that a window of 30 takes a Whisper of the smallest size with random weights, in one thread: features,
 * encoder, and 100 tokens. Of the process's own time, which others on the machine do not count in; run it with
 * {@code OMP_NUM_THREADS=1}.
 */
final class WhisperSpeed {
    private static final int TOKENS = 100;

    private WhisperSpeed() {}

    public static void main(String[] args) {
        Torch.threads(1);
        var config = WhisperConfig.TINY;
        try (var model = new Whisper(config); var _ = Scope.open(); var _ = Torch.noGrad()) {
            model.eval();
            Tensor sound = Tensor.randn(30 * 16_000).mul(0.1);
            for (int run = 0; run < 4; run++) {
                double start = seconds();
                Tensor features = WhisperFeatures.DEFAULT.window(sound);
                double heard = seconds();
                try (var window = new HeardWindow(model, features)) {
                    double encoded = seconds();
                    try (var writing = window.begin(List.of(new long[] {50_258, 50_259, 50_359}), TOKENS)) {
                        for (int i = 0; i < TOKENS; i++) {
                            try (var _ = Scope.open()) {
                                writing.read(writing.logits().argmax(-1));
                            }
                        }
                    }
                    double end = seconds();
                    IO.println("features %.2f s, encoder %.2f s, %d tokens %.2f s: %.3f of real time".formatted(
                            heard - start, encoded - heard, TOKENS, end - encoded, (end - start) / 30));
                }
            }
        }
    }

    private static double seconds() {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return system.getProcessCpuTime() / 1e9;
    }
}
