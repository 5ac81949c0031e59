package dev.merapi.speech.command;

import dev.merapi.data.Batch;
import dev.merapi.data.Loader;
import dev.merapi.nn.Signature;
import dev.merapi.nn.Summary;
import dev.merapi.optim.AdamW;
import dev.merapi.optim.Schedule;
import dev.merapi.recipe.Job;
import dev.merapi.speech.clip.SoundClips;
import dev.merapi.speech.clip.SoundFolder;
import dev.merapi.speech.clip.SoundProcessor;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Supervised;
import dev.merapi.train.Trainer;
import java.nio.file.Path;
import java.util.List;

/** Trains a network to tell words apart. */
final class CommandsJob implements Job<Batch> {
    private static final int TEST_BATCH = 256;

    private final CommandsRecipe.Config config;
    private final SoundProcessor processor;
    private final Supervised task;
    private final Trainer<Batch> trainer;
    private SoundFolder.Split data; // listed when a loader is asked for

    CommandsJob(CommandsRecipe.Config config, SoundProcessor processor) {
        this.config = config;
        this.processor = processor;
        Torch.seed(config.seed());
        task = config.model().task(config.scale(), labels().size());
        trainer = Trainer.of(task)
                .optimizer(model -> new AdamW(model, config.learningRate(), config.weightDecay()))
                .scheduleOver(steps -> Schedule.cosine(steps).afterWarmup(steps / 10))
                .epochs(config.epochs()).seed(config.seed());
    }

    @Override public Trainer<Batch> trainer() { return trainer; }

    @Override public Loader<Batch> train() {
        var change = config.augment() ? SoundClips.spoken(processor) : null;
        return new SoundClips(data().train(), processor, change).train(config.batchSize(), config.seed());
    }

    @Override public Loader<Batch> test() {
        return new SoundClips(data().test(), processor, null).test(TEST_BATCH);
    }

    private SoundFolder.Split data() {
        if (data == null) data = SoundFolder.split(Path.of(config.data()), config.testFraction(), config.seed());
        return data;
    }

    @Override public Summary summary() {
        return Summary.of(task.model(),
                () -> task.predict(Tensor.zeros(1, processor.bands(), processor.frames())));
    }

    @Override public Signature signature() {
        return task.signature(Signature.floats("bands", "batch", processor.bands(), processor.frames()), "logits");
    }

    @Override public List<String> labels() { return processor.labels(); }

    @Override public void save(Path run) { processor.save(run); }

    @Override public SoundClassifier predictor() { return new SoundClassifier(task, processor); }
}
