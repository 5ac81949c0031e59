package dev.merapi.vision.recipe;

import dev.merapi.data.Batch;
import dev.merapi.data.Loader;
import dev.merapi.data.Sampler;
import dev.merapi.nn.Signature;
import dev.merapi.nn.Summary;
import dev.merapi.optim.AdamW;
import dev.merapi.optim.Schedule;
import dev.merapi.recipe.Job;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Trainer;
import dev.merapi.vision.data.ImageData;
import dev.merapi.vision.data.OpenSet;
import dev.merapi.vision.embed.EmbeddingModel;
import dev.merapi.vision.embed.EmbeddingTask;
import dev.merapi.vision.pipeline.ImageEmbedder;
import dev.merapi.vision.transform.ColorJitter;
import dev.merapi.vision.transform.ImageProcessor;
import dev.merapi.vision.transform.RandomAffine;
import dev.merapi.vision.transform.RandomFlip;
import dev.merapi.vision.transform.Transform;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Trains a model of vectors on square images. */
final class EmbeddingJob implements Job<Batch> {
    private static final int TEST_PIXELS = 256 * 128 * 128; // in a batch: evaluation keeps no gradients
    private static final Transform CHANGES = Transform.of(new RandomAffine(10, 0.1, 0.8, 1.25), new RandomFlip(),
            new ColorJitter(0.3, 0.3, 0.3, 0.02));

    record Kind(EmbeddingModel model, EmbeddingTask task) {}

    private final EmbeddingRecipe.Config config;
    private final ImageProcessor processor;
    private final Supplier<OpenSet> source;
    private final Kind kind;
    private final Trainer<Batch> trainer;
    private OpenSet open; // read when a loader is asked for

    /** @param kind is asked for once, after the seed of its weights was set */
    EmbeddingJob(EmbeddingRecipe.Config config, ImageProcessor processor, Supplier<OpenSet> source,
            Supplier<Kind> kind) {
        this.config = config;
        this.processor = processor;
        this.source = source;
        Torch.seed(config.seed());
        this.kind = kind.get();
        trainer = Trainer.of(this.kind.task)
                .optimizer(model -> new AdamW(model, config.learningRate(), config.weightDecay()))
                .scheduleOver(steps -> Schedule.cosine(steps).afterWarmup(steps / config.epochs() / 10))
                .epochs(config.epochs()).seed(config.seed());
    }

    @Override public Trainer<Batch> trainer() { return trainer; }

    @Override public Loader<Batch> train() {
        var data = data();
        if (config.augment()) data = data.augment(CHANGES);
        var loader = data.train(config.batchSize(), config.seed());
        return config.loss() == EmbeddingRecipe.Objective.ARCFACE ? loader : loader.sampler(byClass());
    }

    /** As many classes to a batch as there is room for, or as there are. */
    private Sampler byClass() {
        int[] labels = open.labels();
        int there = (int) IntStream.of(labels).distinct().count();
        return Sampler.byClass(labels, Math.clamp(config.batchSize() / config.perClass(), 2, there), config.perClass(),
                config.seed());
    }

    @Override public Loader<Batch> test() {
        return data().test(Math.clamp(TEST_PIXELS / processor.size() / processor.size(), 1, 256));
    }

    private ImageData data() {
        if (open == null) {
            open = source.get();
            DataFolder.sayLeftOut("pictures that cannot be read", open.skipped());
        }
        return new ImageData(open.classes(), processor.normalize(), open.train(), open.test()).prepare(processor);
    }

    @Override public Summary summary() {
        return Summary.of(kind.task.model(), () -> kind.model.forward(
                Tensor.zeros(2, processor.normalize().channels(), processor.size(), processor.size())));
    }

    @Override public Signature signature() {
        return Signature.of(kind.model, Signature.floats("pixels", "batch", processor.normalize().channels(),
                processor.size(), processor.size()), "embedding");
    }

    /** None: those that are measured are others than those learnt from. */
    @Override public List<String> labels() { return List.of(); }

    @Override public void save(Path run) { processor.save(run); }

    @Override public ImageEmbedder predictor() { return new ImageEmbedder(kind.model, processor); }
}
