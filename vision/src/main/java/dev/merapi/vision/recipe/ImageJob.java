package dev.merapi.vision.recipe;

import dev.merapi.data.Batch;
import dev.merapi.data.Loader;
import dev.merapi.nn.Signature;
import dev.merapi.nn.Summary;
import dev.merapi.optim.ParamGroup;
import dev.merapi.optim.Schedule;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Mistake;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Classification;
import dev.merapi.train.Supervised;
import dev.merapi.train.Trainer;
import dev.merapi.vision.data.ImageData;
import dev.merapi.vision.pipeline.ImageClassifier;
import dev.merapi.vision.transform.ImageProcessor;
import dev.merapi.vision.transform.Transform;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Trains a network to tell square images apart. */
final class ImageJob implements Job<Batch> {
    /** Evaluation keeps no gradients, so that its batches may be larger, as long as pictures are small. */
    private static final int TEST_BATCH = 256;
    private static final int TEST_PIXELS = TEST_BATCH * 128 * 128;

    private final ImageConfig config;
    private final ImageProcessor processor;
    private final Supplier<ImageData> source;
    private final Transform augment;
    private final Transfer transfer; // or null
    private final Supervised task;
    private final Trainer<Batch> trainer;
    private ImageData data; // read when a loader is asked for

    ImageJob(ImageConfig config, ImageProcessor processor, Supplier<ImageData> source, Transform augment) {
        this(config, processor, source, augment, null);
    }

    /** @param transfer the network, or null for that of the settings */
    ImageJob(ImageConfig config, ImageProcessor processor, Supplier<ImageData> source, Transform augment,
            Transfer transfer) {
        this.config = config;
        this.transfer = transfer;
        this.processor = processor;
        this.source = source;
        this.augment = config.augment() ? augment : Transform.NONE;
        Torch.seed(config.seed());
        int classes = processor.labels().size();
        task = transfer != null ? Classification.of(transfer.model(), classes)
                : config.model().task(processor.normalize().channels(), processor.size(), classes);
        trainer = Trainer.of(task)
                .optimizer(model -> config.optimizer().of(
                        transfer == null ? List.of(ParamGroup.of(model)) : transfer.groups(), config))
                .scheduleOver(Schedule::cosine).epochs(config.epochs()).seed(config.seed());
    }

    @Override public Trainer<Batch> trainer() { return trainer; }

    @Override public Loader<Batch> train() { return data().augment(augment).train(config.batchSize(), config.seed()); }

    @Override public Loader<Batch> test() {
        return data().test(Math.clamp(TEST_PIXELS / processor.size() / processor.size(), 1, TEST_BATCH));
    }

    private ImageData data() {
        if (data == null) {
            if (!config.data().isEmpty()) DataFolder.existing(config.data()); // a slip must not start a download
            data = source.get().prepare(processor);
            DataFolder.sayLeftOut("pictures that cannot be read", data.skipped());
        }
        return data;
    }

    @Override public Summary summary() {
        int channels = processor.normalize().channels();
        return Summary.of(task.model(),
                () -> task.predict(Tensor.zeros(1, channels, processor.size(), processor.size())));
    }

    @Override public Signature signature() {
        return task.signature(Signature.floats("pixels", "batch", processor.normalize().channels(), processor.size(),
                processor.size()), "logits");
    }

    @Override public List<String> labels() { return processor.labels(); }

    @Override public void save(Path run) {
        processor.save(run);
        if (transfer != null) transfer.architecture().saveForRun(run, labels().size());
    }

    @Override public Optional<Path> showMistakes(List<Mistake> mistakes, Path run) {
        if (mistakes.isEmpty()) return Optional.empty();
        Path picture = run.resolve("mistakes.png");
        MistakeGrid.write(mistakes, data().test(), picture);
        return Optional.of(picture);
    }

    @Override public ImageClassifier predictor() { return new ImageClassifier(task, processor); }
}
