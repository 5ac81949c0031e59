package dev.merapi.compress.quantize;

import dev.merapi.compress.Subject;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.llama.Family;
import dev.merapi.text.model.llama.Llama;
import dev.merapi.text.model.llama.LlamaConfig;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** How fast a decoder of 1.1 billion random weights goes on with a text, by the processor time of one thread. */
@Tag("proof")
class DecodeProofTest {
    private static final int TOKENS = 9;

    private static Llama model() {
        Torch.seed(1);
        return new Llama(LlamaConfig.of(Family.LLAMA, 32_000, 2048, 5632, 22, 32, 4));
    }

    @Test void fewerBitsDecodeFaster() {
        Torch.threads(1);
        var llama = model();
        llama.eval();
        System.out.printf("%,d parameters%n", Subject.parameters(llama));
        double f32 = milliseconds(llama, "float32");
        double int4 = changed(() -> Quantization.int4(llama, name -> true, 128).toString(), llama, "int4");
        llama.close();
        var other = model();
        other.eval();
        double int8 = changed(() -> Quantization.dynamic(other, name -> !name.contains("embed")).toString(), other,
                "int8");
        other.close();
        System.out.printf("int4 %.2f times, int8 %.2f times as fast%n", f32 / int4, f32 / int8);
        assertTrue(f32 / int4 > 2, "int4");
        assertTrue(f32 / int8 > 2.5, "int8");
    }

    private static double changed(Supplier<String> change, Llama llama, String name) {
        System.out.println(change.get());
        return milliseconds(llama, name);
    }

    private static double milliseconds(Llama llama, String name) {
        var threads = ManagementFactory.getThreadMXBean();
        var times = new double[TOKENS];
        try (var _ = Scope.open(); var decoding = llama.begin(List.of(new long[] {1, 2, 3, 4}), 20)) {
            for (int i = -2; i < TOKENS; i++) {
                long begin = threads.getCurrentThreadCpuTime();
                decoding.read(Tensor.of(new long[] {i + 5}));
                if (i >= 0) times[i] = (threads.getCurrentThreadCpuTime() - begin) / 1e6;
            }
        }
        Arrays.sort(times);
        System.out.printf("%s: %.1f ms a token, %.1f tokens/s, %,d bytes%n", name, times[TOKENS / 2],
                1000 / times[TOKENS / 2], bytes(llama));
        return times[TOKENS / 2];
    }

    private static long bytes(Layer layer) {
        return layer.tensors().values().stream().distinct().mapToLong(t -> t.numel() * t.dtype().bytes()).sum();
    }
}
