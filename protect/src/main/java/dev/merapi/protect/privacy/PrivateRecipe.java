package dev.merapi.protect.privacy;

import dev.merapi.recipe.Describe;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import dev.merapi.recipe.Recipes;
import dev.merapi.recipe.Setup;
import dev.merapi.tensor.Expect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Any other recipe, trained with differential privacy: {@code merapi train private of=mnist epsilon=3}. */
public final class PrivateRecipe implements Recipe<PrivateRecipe.Config> {
    private static final double COUNT_NOISE = 10; // of 200 samples in a step and more, little

    /** Ways of {@link Clipping}. */
    public enum Way { FLAT, PER_LAYER, ADAPTIVE }

    /** Settings. */
    public record Config(
            @Describe("the recipe that is trained, whose batch size becomes the mean of samples in a step") String of,
            @Describe("its settings, such as [epochs=20, batch_size=1024]") List<String> with,
            @Describe("the privacy budget, for which the noise is chosen; 0 where noise is given") double epsilon,
            @Describe("the chance that it does not hold, below 1 / samples") double delta,
            @Describe("the noise multiplier; 0 where it follows from epsilon") double noise,
            @Describe("norm that gradients of samples are clipped to") double clip,
            @Describe("flat, per_layer or adaptive") Way clipping,
            @Describe("samples in one pass; memory follows from it") int microBatch,
            @Describe("rdp, or prv, which is tighter and slower") Accountant accountant,
            @Describe("whether noise is cryptographic, and cannot be repeated") boolean secure,
            @Describe("whether norms over the batch are replaced by group norms") boolean replaceNorms,
            @Describe("of the noise and of what steps draw") long seed) {
        public Config {
            Expect.that((epsilon > 0) != (noise > 0), "private", "either epsilon or noise above 0", "epsilon " + epsilon
                    + " and noise " + noise);
            Expect.that(!of.equals("private"), "private", "another recipe", of);
        }

        PrivacyOptions options() {
            var given = noise > 0 ? PrivacyOptions.noise(noise, delta) : PrivacyOptions.target(epsilon, delta);
            return given.clipping(switch (clipping) {
                case FLAT -> new Clipping.Flat(clip);
                case PER_LAYER -> new Clipping.PerLayer(clip);
                case ADAPTIVE -> new Clipping.Adaptive(clip, COUNT_NOISE);
            }).microBatch(microBatch).accountant(accountant).secure(secure).seed(seed);
        }
    }

    @Override public String name() { return "private"; }

    @Override public String description() {
        return "another recipe with differential privacy (DP-SGD): of=<recipe> epsilon=<budget>";
    }

    @Override public Config defaults() {
        return new Config("fashion", List.of("model=tanh_cnn", "optimizer=sgd", "learning_rate=0.5", "batch_size=512",
                "epochs=20", "augment=false", "weight_decay=0"), 3, 1e-5, 0, 0.1, Way.FLAT, 512, Accountant.RDP, false,
                true, 1337);
    }

    @Override public Job<?> job(Config config) { return PrivateJob.of(inner(config).job(), config); }

    @Override public Job<?> job(Config config, Path run) {
        var job = PrivateJob.of(inner(config).job(run), config);
        Path weights = run.resolve("model.safetensors");
        if (Files.exists(weights)) PrivateStrategy.restore(job.privacy(), weights);
        return job;
    }

    private static Setup<?> inner(Config config) {
        return Setup.of(Recipes.named(config.of), config.with.toArray(String[]::new));
    }
}
