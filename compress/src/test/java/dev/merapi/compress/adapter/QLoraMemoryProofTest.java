package dev.merapi.compress.adapter;

import dev.merapi.ChildJvm;
import dev.merapi.compress.quantize.Nf4;
import dev.merapi.data.Batch;
import dev.merapi.nn.NamePattern;
import dev.merapi.optim.AdamW;
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

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** How much memory the training of a decoder of 85 million numbers takes, as the system counts it. */
@Tag("proof")
class QLoraMemoryProofTest {
    private static final Path STATUS = Path.of("/proc/self/status"), PEAK = Path.of("/proc/self/clear_refs");

    /** Trains in a process of its own, and prints the most memory meanwhile, in MiB. */
    static final class Training {
        static void main(String[] arguments) throws IOException {
            Torch.seed(1);
            var model = new Llama(LlamaConfig.of(Family.LLAMA, 4000, 1024, 2816, 6, 8, 8).tied());
            if (arguments[0].equals("qlora")) {
                Nf4.quantize(model, NamePattern.of("model.layers.*"));
                Adapters.of(model).add("q", LoraConfig.of(8));
            }
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

    private static int peak(String kind) throws IOException, InterruptedException {
        var result = new ChildJvm().with("--enable-native-access=ALL-UNNAMED", "-Xmx256m").run(Training.class, kind);
        assertEquals(0, result.exitCode(), result.output());
        String line = result.output().lines().filter(l -> l.startsWith("PEAK")).findFirst().orElseThrow();
        assertTrue(line.endsWith("true"), "the loss did not fall");
        return Integer.parseInt(line.split(" ")[1]);
    }

    @Test void qLoraTrainsInLessThanFourTenths() throws Exception {
        Assumptions.assumeTrue(Files.exists(PEAK), "needs Linux's count of the most memory");
        int full = peak("full"), few = peak("qlora");
        System.out.println("all weights " + full + " MiB, QLoRA " + few + " MiB");
        assertTrue(few < 0.4 * full, few + " of " + full);
    }
}
