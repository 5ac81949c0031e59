package dev.merapi.vision.recipe;

import dev.merapi.data.Batch;
import dev.merapi.data.Loader;
import dev.merapi.nn.Summary;
import dev.merapi.optim.AdamW;
import dev.merapi.optim.Schedule;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Prediction;
import dev.merapi.recipe.Predictor;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Supervised;
import dev.merapi.train.Trainer;
import dev.merapi.vision.Image;
import dev.merapi.vision.Normalize;
import dev.merapi.vision.data.ImageData;
import dev.merapi.vision.transform.CenterCrop;
import dev.merapi.vision.transform.Resize;
import dev.merapi.vision.transform.Transform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Trains a network to tell square images apart. */
final class ImageJob implements Job<Batch> {
    /** Evaluation keeps no gradients, so that its batches may be larger. */
    private static final int TEST_BATCH = 256;

    /** What the network sees. */
    record Input(int side, Normalize normalize, List<String> classes) {
        int channels() { return normalize.channels(); }

        /** For files of any size: the middle, at the right size and depth. */
        Image fit(Image image) {
            Image square = Resize.shorterSide(side).then(new CenterCrop(side)).apply(image, new SplittableRandom(0));
            return channels() == 1 ? square.toGray() : square;
        }
    }

    private final ImageConfig config;
    private final Input input;
    private final Supplier<ImageData> source;
    private final Transform augment;
    private final Supervised task;
    private final Trainer<Batch> trainer;
    private ImageData data; // read when a loader is asked for

    ImageJob(ImageConfig config, Input input, Supplier<ImageData> source, Transform augment) {
        this.config = config;
        this.input = input;
        this.source = source;
        this.augment = config.augment() ? augment : Transform.NONE;
        Torch.seed(config.seed());
        task = config.model().task(input.channels(), input.side(), input.classes().size());
        trainer = Trainer.of(task)
                .optimizer(model -> new AdamW(model, config.learningRate(), config.weightDecay()))
                .scheduleOver(Schedule::cosine).epochs(config.epochs()).seed(config.seed());
    }

    @Override public Trainer<Batch> trainer() { return trainer; }

    @Override public Loader<Batch> train() { return data().augment(augment).train(config.batchSize(), config.seed()); }

    @Override public Loader<Batch> test() { return data().test(TEST_BATCH); }

    private ImageData data() {
        if (data == null) {
            expectFolder(config.data());
            data = source.get();
        }
        return data;
    }

    /** A slip in the path must not start a download into a new folder. */
    private static void expectFolder(String data) {
        if (data.isEmpty() || Files.isDirectory(Path.of(data))) return;
        throw new IllegalArgumentException("data: expected a folder that exists. Received " + data + ".");
    }

    @Override public Summary summary() {
        return Summary.of(task.model(),
                () -> task.predict(Tensor.zeros(1, input.channels(), input.side(), input.side())));
    }

    @Override public List<String> labels() { return input.classes(); }

    @Override public Predictor predictor() {
        return new Predictor() {
            @Override public String predict(String file, int top) {
                return Prediction.line(ImageJob.this.predict(Path.of(file)), top);
            }

            @Override public List<Prediction> answer(String file, int top) {
                return ImageJob.this.predict(Path.of(file)).stream().limit(top).toList();
            }
        };
    }

    /** What the model sees in a file, the most probable first. */
    List<Prediction> predict(Path file) {
        Image image = input.fit(Image.read(file));
        try (var _ = Scope.open()) {
            float[] probabilities = task.predict(input.normalize().batch(List.of(image))).toFloats();
            return IntStream.range(0, probabilities.length)
                    .mapToObj(i -> new Prediction(input.classes().get(i), probabilities[i]))
                    .sorted(Comparator.comparingDouble(Prediction::probability).reversed()).toList();
        }
    }
}
