package dev.merapi.compress.adapter;

import dev.merapi.ChildJvm;
import dev.merapi.compress.quantize.Quantization;
import dev.merapi.data.Batch;
import dev.merapi.io.Safetensors;
import dev.merapi.io.Weights;
import dev.merapi.nn.NamePattern;
import dev.merapi.optim.AdamW;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.causal.CausalLanguageModelling;
import dev.merapi.text.model.llama.Family;
import dev.merapi.text.model.llama.Llama;
import dev.merapi.text.model.llama.LlamaConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * How much memory the training of a decoder of 158 million numbers takes, as the system counts it: with Java and
 * libtorch, some 400 MiB.
 */
@Tag("proof")
class QLoraMemoryProofTest {
    private static final Path STATUS = Path.of("/proc/self/status"), PEAK = Path.of("/proc/self/clear_refs");

    private static final LlamaConfig CONFIG = LlamaConfig.of(Family.LLAMA, 4000, 1024, 2816, 12, 8, 8).tied();

    @TempDir private Path folder;

    /** Trains in a process of its own, and prints the most memory meanwhile, in MiB. */
    static final class Training {
        /** Built without memory, and filled from a file of four bits. */
        private static Llama opened(Path weights) {
            Llama model;
            try (var _ = Torch.on(Device.META)) {
                model = new Llama(CONFIG);
            }
            Weights.open(weights).loadInto(model);
            return model;
        }

        static void main(String[] arguments) throws IOException {
            Torch.seed(1);
            var weights = Path.of(arguments[1]);
            var model = arguments[0].equals("qlora") ? opened(weights) : new Llama(CONFIG);
            if (arguments[0].equals("save")) {
                Quantization.nf4(model, NamePattern.of("model.layers.*"));
                Safetensors.save(model, weights);
                return;
            }
            if (arguments[0].equals("qlora")) Adapters.of(model).add("q", LoraConfig.of(8));
            model.recomputeActivations(true);
            var task = new CausalLanguageModelling(model);
            var adam = new AdamW(model, 1e-3);
            System.gc();
            Files.writeString(PEAK, "5"); // from here
            double first = 0, last = 0;
            for (int i = 0; i < 6; i++) {
                try (var _ = Scope.open()) {
                    Tensor ids = Tensor.arange(65).mul(37).remainder(4000).view(1, 65);
                    var loss = task.forward(new Batch(ids.narrow(1, 0, 64), ids.narrow(1, 1, 64))).loss();
                    adam.zeroGrad();
                    loss.backward();
                    adam.step();
                    last = loss.item();
                    if (i == 0) first = last;
                }
            }
            String peak = Files.readString(STATUS).lines().filter(l -> l.startsWith("VmHWM")).findFirst().orElseThrow();
            System.out.println("PEAK " + Integer.parseInt(peak.replaceAll("\\D", "")) / 1024 + " " + (last < first));
        }
    }

    private String run(String kind) throws IOException, InterruptedException {
        var result = new ChildJvm().with("--enable-native-access=ALL-UNNAMED", "-Xmx256m").run(Training.class, kind,
                folder.resolve("model.safetensors").toString());
        assertEquals(0, result.exitCode(), result.output());
        return result.output();
    }

    private int peak(String kind) throws IOException, InterruptedException {
        String line = run(kind).lines().filter(l -> l.startsWith("PEAK")).findFirst().orElseThrow();
        assertTrue(line.endsWith("true"), "the loss did not fall");
        return Integer.parseInt(line.split(" ")[1]);
    }

    @Test void qLoraTrainsInLessThanFourTenths() throws Exception {
        Assumptions.assumeTrue(Files.exists(PEAK), "needs Linux's count of the most memory");
        int full = peak("full");
        run("save");
        int few = peak("qlora");
        System.out.println("all weights " + full + " MiB, QLoRA " + few + " MiB");
        assertTrue(few < 0.4 * full, few + " of " + full);
    }
}
