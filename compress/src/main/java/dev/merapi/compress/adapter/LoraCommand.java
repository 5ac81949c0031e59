package dev.merapi.compress.adapter;

import dev.merapi.compress.BeforeAfter;
import dev.merapi.compress.Subject;
import dev.merapi.compress.Workpiece;
import dev.merapi.io.Safetensors;
import dev.merapi.io.Weights;
import dev.merapi.nn.Layer;
import dev.merapi.optim.AdamW;
import dev.merapi.optim.ParamGroup;
import dev.merapi.recipe.Command;
import dev.merapi.recipe.Describe;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipes;
import dev.merapi.recipe.Runs;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.train.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code merapi lora}: trains an adapter, for a recipe's new model or a run's. */
public final class LoraCommand implements Command<LoraCommand.Config> {
    private static final String NAME = "default";
    private static final String FOLDER = "adapter";

    /** Settings. */
    public record Config(
            @Describe("settings of the recipe, such as set=[data=reviews.csv,epochs=2]") List<String> set,
            @Describe("of the products that are added to weights") int rank,
            @Describe("they are multiplied by alpha / rank") double alpha,
            @Describe("of what they see, in training") double dropout,
            @Describe("patterns of the layers' names; attention's queries and values if there are none")
            List<String> targets,
            @Describe("names of layers that are trained as a whole") List<String> whole,
            @Describe("whether lengths and directions are trained apart") boolean dora,
            @Describe("at the top; AdamW") double learningRate,
            @Describe("an adapter to begin with, in PEFT's files; rank, targets and others are then its own")
            String adapter,
            @Describe("the folder for the run; empty for <run or recipe>-lora") String out) {
        public Config { Expect.positive("learning_rate", learningRate); }

        LoraConfig lora() {
            return new LoraConfig(rank, alpha, dropout, targets.isEmpty() ? LoraConfig.ATTENTION : targets, whole, dora,
                    false);
        }
    }

    @Override public String name() { return "lora"; }

    @Override public String description() {
        return "Train few numbers beside a model that stays as it is; leaves a merged run and the adapter.";
    }

    @Override public String arguments() { return "<recipe|run>"; }

    @Override public Config defaults() {
        return new Config(List.of(), 8, 16, 0, List.of(), List.of("classifier", "pre_classifier", "bert.pooler.dense"),
                false, 1e-3, "", "");
    }

    @Override public void run(List<String> arguments, Config settings, Device device, Answers out) {
        Expect.that(arguments.size() == 1, "lora", "a recipe, or a run to go on from", arguments);
        String what = arguments.getFirst();
        var into = settings.out.isEmpty() ? Path.of(what + "-lora") : Path.of(settings.out);
        var given = settings.set.toArray(String[]::new);
        boolean isRun = Files.exists(Path.of(what).resolve("config.json"));
        try (var job = isRun ? Runs.open(Path.of(what), given) : Recipes.named(what).job(given)) {
            job.trainer().task().model().to(device);
            out.answer(into.toString(), train(job, settings, into, what));
        }
    }

    private static Answer train(Job<?> job, Config settings, Path into, String base) {
        Layer model = job.trainer().task().model();
        long all = model.parameterCount();
        var adapters = Adapters.of(model);
        if (settings.adapter.isEmpty()) adapters.add(NAME, settings.lora());
        else adapters.load(NAME, Path.of(settings.adapter));
        long trained = adapters.parameterCount(NAME);
        job.trainer().optimizer(m -> new AdamW(ParamGroup.decayMatrices(m), settings.learningRate))
                .listen(new Progress());
        job.fit(into);
        Path file = into.resolve("model.safetensors");
        var best = Weights.open(file);
        best.loadInto(model);
        adapters.save(NAME, into.resolve(FOLDER), base);
        saveMerged(adapters, file, best.metadata());
        var table = table(job, into);
        table.keep(into, "LoRA");

        var values = new LinkedHashMap<String, Object>();
        values.put("parameters", all);
        values.put("trained", trained);
        values.put("adapter", into.resolve(FOLDER).toString());
        values.putAll(table.values());
        return new Answer("%,d of %,d numbers trained (%.2f %%)%n%s%nAdapter: %s".formatted(trained, all,
                100.0 * trained / all, table, into.resolve(FOLDER)), values);
    }

    /** As a usual model, which knows nothing of adapters. */
    private static void saveMerged(Adapters adapters, Path file, Map<String, String> metadata) {
        var tensors = adapters.merge().usualTensors();
        var usual = new LinkedHashMap<>(metadata);
        usual.remove("changes");
        Safetensors.write(file, tensors, usual);
        adapters.unmerge();
    }

    /** What the adapter costs beside the weights, and in them. */
    private static <B> BeforeAfter table(Job<B> job, Path into) {
        try (var merged = Workpiece.open(into, List.of()); var test = job.test(); var batches = test.iterator()) {
            var batch = batches.next();
            var beside = Subject.of("beside", into.resolve(FOLDER), job.trainer().task().model(), job.summary(),
                    () -> job.trainer().predict(batch), job.evaluate());
            return BeforeAfter.measure(beside, merged.subject("merged", into));
        }
    }
}
