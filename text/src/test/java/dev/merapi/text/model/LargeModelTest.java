package dev.merapi.text.model;

import dev.merapi.ChildJvm;
import dev.merapi.io.ModelFolder;
import dev.merapi.io.Safetensors;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.llama.Llama;
import dev.merapi.text.model.llama.LlamaConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A model of 1.1 billion parameters in bfloat16 takes its file's size when it is loaded, and little more. */
@Tag("proof")
class LargeModelTest {
    private static final Map<String, Object> CONFIG = Map.of("model_type", "llama", "vocab_size", 32_000,
            "hidden_size", 2048, "intermediate_size", 5632, "num_hidden_layers", 22, "num_attention_heads", 32,
            "num_key_value_heads", 4);

    @TempDir Path folder;

    @EnabledOnOs(OS.LINUX) // by /proc
    @Test void memoryIsThatOfTheFile() throws Exception {
        long parameters = write();
        long bytes = Files.size(folder.resolve("model.safetensors"));
        var result = new ChildJvm().with("-Xmx256m").run(Loading.class, folder.toString());
        assertEquals(0, result.exitCode(), result.output());
        long peak = Long.parseLong(result.output().replaceFirst("(?s).*VmHWM:\\s*(\\d+) kB.*", "$1")) * 1024;
        String said = "%d parameters, a file of %d bytes, at most %d bytes of memory, %.2f times as many; %s".formatted(
                parameters, bytes, peak, (double) peak / bytes, result.output());
        System.out.println(said);
        assertTrue(result.output().contains("parameters " + parameters), said);
        assertTrue(peak <= 1.15 * bytes, said);
    }

    /** All tensors are pieces of one: their values do not matter. */
    private long write() {
        ModelFolder.writeConfig(CONFIG, folder.resolve("config.json"));
        var config = LlamaConfig.read(folder);
        try (var _ = Scope.open()) {
            Llama model;
            try (var _ = Torch.on(Device.META, DType.BFLOAT16)) {
                model = new Llama(config);
            }
            long largest = model.tensors().values().stream().mapToLong(Tensor::numel).max().orElseThrow();
            Tensor values = Tensor.empty(DType.BFLOAT16, largest).normal_(0, 0.02);
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            model.tensors().forEach((name, t) ->
                    tensors.put(name, values.narrow(0, 0, t.numel()).view(t.shape())));
            Safetensors.write(folder.resolve("model.safetensors"), tensors, Map.of());
            return model.parameterCount();
        }
    }

    /** Loads a folder and reads every number of it. */
    static final class Loading {
        private Loading() {}

        public static void main(String[] args) throws IOException {
            long start = System.nanoTime();
            try (var model = Llama.load(Path.of(args[0]), DType.BFLOAT16); var _ = Torch.noGrad()) {
                System.out.printf("loaded in %.1f s%n", (System.nanoTime() - start) / 1e9);
                for (var param : model.params().values()) {
                    try (var _ = Scope.open()) {
                        if (!Double.isFinite(param.sum().item())) throw new AssertionError("not a number");
                    }
                }
                System.out.println("parameters " + model.parameterCount());
            }
            System.out.println(Files.readString(Path.of("/proc/self/status")).lines()
                    .filter(line -> line.startsWith("VmHWM")).findFirst().orElseThrow());
        }
    }
}
