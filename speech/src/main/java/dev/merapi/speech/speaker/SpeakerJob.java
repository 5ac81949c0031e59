package dev.merapi.speech.speaker;

import dev.merapi.data.Batch;
import dev.merapi.data.Loader;
import dev.merapi.nn.Signature;
import dev.merapi.nn.Summary;
import dev.merapi.optim.AdamW;
import dev.merapi.optim.Schedule;
import dev.merapi.recipe.Job;
import dev.merapi.speech.augment.AudioTransform;
import dev.merapi.speech.clip.SoundClips;
import dev.merapi.speech.clip.SoundFolder;
import dev.merapi.speech.clip.SoundProcessor;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Trainer;
import java.nio.file.Path;
import java.util.List;

/** Trains a network to tell voices apart. */
final class SpeakerJob implements Job<Batch> {
    private static final int TEST_BATCH = 128;

    private final SpeakerRecipe.Config config;
    private final SoundProcessor processor;
    private final EcapaTdnn model;
    private final Trainer<Batch> trainer;
    private SoundFolder.Split data; // listed when a loader is asked for

    /** @param data null to list it when it is needed */
    SpeakerJob(SpeakerRecipe.Config config, SoundProcessor processor, SoundFolder.Split data) {
        this.config = config;
        this.processor = processor;
        this.data = data;
        Torch.seed(config.seed());
        model = new EcapaTdnn(config.bands(), config.channels(), config.width());
        trainer = Trainer.of(new SpeakerTask(model, processor.labels().size(), config.margin(), config.scale()))
                .optimizer(trained -> new AdamW(trained, config.learningRate(), config.weightDecay()))
                .scheduleOver(steps -> Schedule.cosine(steps).afterWarmup(steps / 10))
                .epochs(config.epochs()).seed(config.seed());
    }

    @Override public Trainer<Batch> trainer() { return trainer; }

    @Override public Loader<Batch> train() {
        var change = SoundClips.anywhere(processor);
        return new SoundClips(data().train(), processor, config.augment()
                ? AudioTransform.all(change, SoundClips.NOISE) : change)
                .train(config.batchSize(), config.seed());
    }

    @Override public Loader<Batch> test() { return new SoundClips(data().test(), processor, null).test(TEST_BATCH); }

    private SoundFolder.Split data() {
        if (data == null) {
            data = SoundFolder.openSplit(Path.of(config.data()), config.testFraction(), config.seed());
        }
        return data;
    }

    @Override public Summary summary() {
        return Summary.of(trainer.task().model(),
                () -> model.forward(Tensor.zeros(2, processor.bands(), processor.frames())));
    }

    @Override public Signature signature() {
        return Signature.of(model, Signature.floats("bands", "batch", processor.bands(), "frames"), "embedding");
    }

    /** None: those that are measured are others than those learnt from. */
    @Override public List<String> labels() { return List.of(); }

    @Override public void save(Path run) { processor.save(run); }

    @Override public SpeakerEmbedder predictor() { return new SpeakerEmbedder(model, processor); }
}
