package dev.merapi.compress.quantize;

import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipes;
import dev.merapi.recipe.Runs;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Torch;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** The perplexity of a small GPT on Jane Austen's novels, trained here, before and after its weights were rounded. */
@Tag("proof")
class GptqProofTest {
    private static final int EXAMPLES = 24; // batches

    @TempDir private Path folder;

    @Test void roundingByExamplesCostsLessPerplexity() {
        Path run = folder.resolve("gpt");
        try (var job = Recipes.named("language-modelling").job("tokens=char", "max_length=64", "layers=2", "heads=4",
                "width=128", "epochs=1", "steps_per_epoch=400", "batch_size=32", "dropout=0")) {
            job.fit(run);
        }
        var perplexity = new LinkedHashMap<String, Double>();
        perplexity.put("float32", measure(run, null));
        for (var rounding : Rounding.values()) perplexity.put(rounding.name(), measure(run, rounding));
        System.out.println(perplexity);
        assertTrue(perplexity.get("GPTQ") < perplexity.get("NEAREST"), perplexity.toString());
    }

    private static double measure(Path run, Rounding rounding) {
        try (var job = Runs.open(run)) {
            if (rounding != null) {
                Quantization.int4(job.trainer().task().model(), name -> !name.equals("lm_head"), 128, rounding,
                        () -> read(job));
            }
            return job.evaluate().get("perplexity");
        }
    }

    private static <B> void read(Job<B> job) {
        try (var train = job.train(); var batches = train.iterator(); var _ = Torch.noGrad()) {
            for (int i = 0; i < EXAMPLES && batches.hasNext(); i++) {
                try (var _ = Scope.open()) {
                    job.trainer().task().forward(batches.next());
                }
            }
        }
    }
}
