package dev.merapi.vision.recipe;

import dev.merapi.recipe.Describe;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import dev.merapi.tensor.Expect;
import dev.merapi.vision.Normalize;
import dev.merapi.vision.data.OnError;
import dev.merapi.vision.transform.ImageProcessor;
import dev.merapi.vision.video.ClipProcessor;
import dev.merapi.vision.video.VideoFolder;
import java.nio.file.Path;

/** A user's own videos, each of one class: {@code <class>/…}, or {@code train/<class>/…} and {@code test/<class>/…}. */
public final class VideoFolderRecipe implements Recipe<VideoFolderRecipe.Config> {
    /** The settings, each described beside it. */
    public record Config(
            @Describe("folder with one for each class, or train and test with such") String data,
            @Describe("part of each class to test on, where there is no train and test") double testFraction,
            @Describe("what to do about a damaged video: fail, or skip it and say so") OnError onError,
            @Describe("pictures that the network sees of a video") int frames,
            @Describe("of them in a second of the video") double framesPerSecond,
            @Describe("side of the square that every picture is brought to") int imageSize,
            @Describe("the network") VideoNetwork model,
            @Describe("channels of its first stage; 64 in the papers") int width,
            @Describe("passes over the training videos") int epochs,
            @Describe("videos in a step") int batchSize,
            @Describe("at the start") double learningRate,
            @Describe("as a part of the learning rate") double weightDecay,
            @Describe("whether training videos are cut and moved at random") boolean augment,
            @Describe("whether training videos are mirrored too, where left is no other class than right") boolean flip,
            @Describe("of the first weights, the order and the augmentation") long seed) {
        public Config {
            if (!(testFraction > 0 && testFraction < 1)) {
                throw new IllegalArgumentException("test_fraction: expected between 0 and 1. Received " + testFraction);
            }
            Expect.atLeast("frames", 1, frames);
            Expect.positive("frames_per_second", framesPerSecond);
            Expect.atLeast("image_size", 16, imageSize);
            Expect.atLeast("width", 1, width);
            Expect.atLeast("epochs", 1, epochs);
            Expect.atLeast("batch_size", 1, batchSize);
            Expect.positive("learning_rate", learningRate);
            Expect.atLeast("weight_decay", 0, weightDecay);
        }
    }

    @Override public String name() { return "video-folder"; }

    @Override public String description() {
        return "Your own videos: data=<folder> with <class>/, or train/<class>/ and test/<class>/";
    }

    @Override public Config defaults() {
        return new Config("", 0.2, OnError.FAIL, 8, 8, 64, VideoNetwork.R2PLUS1D_18, 16, 20, 8, 1e-3, 0.01, true, false,
                1337);
    }

    /** Lists the classes, as the model depends on their number. */
    @Override public Job<?> job(Config config) {
        Path folder = DataFolder.given(config.data);
        var classes = VideoFolder.classes(folder);
        DataFolder.expectTwo(folder, classes);
        var images = new ImageProcessor(config.imageSize, Normalize.IMAGENET, classes);
        return new VideoJob(config, new ClipProcessor(images, config.frames, config.framesPerSecond));
    }

    @Override public Job<?> job(Config config, Path run) { return new VideoJob(config, ClipProcessor.open(run)); }
}
