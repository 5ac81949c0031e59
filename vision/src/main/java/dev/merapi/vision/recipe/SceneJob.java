package dev.merapi.vision.recipe;

import dev.merapi.data.Collate;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.nn.Summary;
import dev.merapi.optim.AdamW;
import dev.merapi.optim.Schedule;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Predictor;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Task;
import dev.merapi.train.Trainer;
import dev.merapi.vision.Scene;
import dev.merapi.vision.data.SceneData;
import dev.merapi.vision.transform.ColorJitter;
import dev.merapi.vision.transform.Mosaic;
import dev.merapi.vision.transform.RandomAffine;
import dev.merapi.vision.transform.RandomFlip;
import dev.merapi.vision.transform.SceneProcessor;
import dev.merapi.vision.transform.Transform;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Trains a model on scenes of one size.
 *
 * @param <B> its batches
 */
final class SceneJob<B> implements Job<B> {
    private static final int TEST_PIXELS = 32 * 256 * 256; // in a batch: evaluation keeps no gradients
    private static final double MAX_NORM = 10; // of gradients: those of first steps are large
    private static final Transform CHANGES = Transform.of(new RandomAffine(5, 0.1, 0.8, 1.25), new RandomFlip(),
            new ColorJitter(0.3, 0.3, 0.3, 0.02));

    /** What differs between boxes and masks. */
    record Kind<B>(Task<B> task, Collate<Scene, B> collate, Consumer<Tensor> forward, Predictor<?, ?> predictor,
            boolean labelled, double mosaic) { }

    private final SceneSettings config;
    private final SceneProcessor processor;
    private final Supplier<SceneData> source;
    private final Kind<B> kind;
    private final Trainer<B> trainer;
    private SceneData data; // read when a loader is asked for

    /** @param kind is asked for once, after the seed of its weights was set */
    SceneJob(SceneSettings config, SceneProcessor processor, Supplier<SceneData> source, Supplier<Kind<B>> kind) {
        this.config = config;
        this.processor = processor;
        this.source = source;
        Torch.seed(config.seed());
        this.kind = kind.get();
        trainer = Trainer.of(this.kind.task)
                .optimizer(model -> new AdamW(model, config.learningRate(), config.weightDecay()))
                .scheduleOver(steps -> Schedule.cosine(steps).afterWarmup(steps / config.epochs() / 10))
                .clipNorm(MAX_NORM).epochs(config.epochs()).seed(config.seed());
    }

    @Override public Trainer<B> trainer() { return trainer; }

    @Override public Loader<B> train() {
        var scenes = fitted(data().train());
        if (config.augment()) {
            if (kind.mosaic > 0) scenes = new Mosaic(processor.size(), processor.size(), kind.mosaic).on(scenes);
            scenes = scenes.augment(CHANGES::apply);
        }
        return Loader.of(scenes, config.batchSize(), kind.collate).shuffle(config.seed()).joinSingle();
    }

    @Override public Loader<B> test() {
        int most = Math.clamp(TEST_PIXELS / processor.size() / processor.size(), 1, 64);
        return Loader.of(fitted(data().test()), most, kind.collate);
    }

    /** What the model is to see, in training as in use. */
    private Dataset<Scene> fitted(Dataset<Scene> scenes) { return scenes.map(processor::fit); }

    private SceneData data() {
        if (data != null) return data;
        data = source.get();
        if (!data.classes().equals(processor.labels())) {
            throw new IllegalArgumentException("data: expected the classes that the run has learnt, "
                    + processor.labels() + ". Received " + data.classes() + "; has the folder changed?");
        }
        DataFolder.sayLeftOut("pictures or boxes", data.skipped());
        return data;
    }

    @Override public Summary summary() {
        return Summary.of(kind.task.model(), () -> kind.forward.accept(
                Tensor.zeros(1, processor.normalize().channels(), processor.size(), processor.size())));
    }

    @Override public List<String> labels() { return kind.labelled ? processor.labels() : List.of(); }

    @Override public void save(Path run) { processor.save(run); }

    @Override public Predictor<?, ?> predictor() { return kind.predictor; }
}
