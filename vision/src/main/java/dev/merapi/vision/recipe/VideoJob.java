package dev.merapi.vision.recipe;

import dev.merapi.data.Batch;
import dev.merapi.data.Loader;
import dev.merapi.nn.Signature;
import dev.merapi.nn.Summary;
import dev.merapi.optim.AdamW;
import dev.merapi.optim.Schedule;
import dev.merapi.recipe.Job;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Supervised;
import dev.merapi.train.Trainer;
import dev.merapi.vision.pipeline.VideoClassifier;
import dev.merapi.vision.transform.RandomCrop;
import dev.merapi.vision.transform.RandomFlip;
import dev.merapi.vision.transform.Transform;
import dev.merapi.vision.video.ClipProcessor;
import dev.merapi.vision.video.VideoFolder;
import java.nio.file.Path;
import java.util.List;

/** Trains a network to tell videos apart. */
final class VideoJob implements Job<Batch> {
    private final VideoFolderRecipe.Config config;
    private final ClipProcessor processor;
    private final Supervised task;
    private final Trainer<Batch> trainer;
    private VideoFolder.Split data; // listed when a loader is asked for

    VideoJob(VideoFolderRecipe.Config config, ClipProcessor processor) {
        this.config = config;
        this.processor = processor;
        Torch.seed(config.seed());
        task = config.model().task(config.width(), labels().size());
        trainer = Trainer.of(task)
                .optimizer(model -> new AdamW(model, config.learningRate(), config.weightDecay()))
                .scheduleOver(Schedule::cosine).epochs(config.epochs()).seed(config.seed());
    }

    @Override public Trainer<Batch> trainer() { return trainer; }

    @Override public Loader<Batch> train() {
        int side = processor.images().size();
        Transform crop = config.augment() ? new RandomCrop(side, side / 8) : Transform.NONE;
        Transform augment = config.flip() ? crop.then(new RandomFlip()) : crop;
        return data().train().train(processor, augment, config.batchSize(), config.seed());
    }

    @Override public Loader<Batch> test() { return data().test().test(processor, config.batchSize()); }

    private VideoFolder.Split data() {
        if (data == null) {
            Path folder = DataFolder.existing(config.data());
            data = VideoFolder.split(folder, labels(), config.testFraction(), config.seed(), config.onError());
            DataFolder.sayLeftOut("videos that cannot be read", data.skipped());
        }
        return data;
    }

    @Override public Summary summary() {
        int side = processor.images().size();
        int channels = processor.images().normalize().channels();
        return Summary.of(task.model(), () -> task.predict(Tensor.zeros(1, channels, processor.frames(), side, side)));
    }

    @Override public Signature signature() {
        int side = processor.images().size();
        return task.signature(Signature.floats("pixels", "batch", processor.images().normalize().channels(),
                processor.frames(), side, side), "logits");
    }

    @Override public List<String> labels() { return processor.images().labels(); }

    @Override public void save(Path run) { processor.save(run); }

    @Override public VideoClassifier predictor() { return new VideoClassifier(task, processor); }
}
