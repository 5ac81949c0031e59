package dev.merapi.vision.recipe;

import dev.merapi.data.Batch;
import dev.merapi.loss.CrossEntropy;
import dev.merapi.loss.Loss;
import dev.merapi.loss.SoftmaxFocal;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import dev.merapi.recipe.Describe;
import dev.merapi.tensor.Expect;
import dev.merapi.vision.data.FashionScenes;
import dev.merapi.vision.data.OnError;
import dev.merapi.vision.data.SceneData;
import dev.merapi.vision.model.Backbone;
import dev.merapi.vision.pipeline.Segmenter;
import dev.merapi.vision.segment.DeepLabV3;
import dev.merapi.vision.segment.Dice;
import dev.merapi.vision.segment.SegmentationTask;
import dev.merapi.vision.segment.UNet;
import dev.merapi.vision.transform.SceneProcessor;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Tells the class of each pixel: pictures with masks, or composed scenes of clothes. */
public final class SegmentationRecipe extends SceneRecipe<SegmentationRecipe.Config, Batch> {
    /** The networks. */
    public enum Network {
        /** {@link UNet} of 16 channels in its last step. */
        UNET,
        /** {@link DeepLabV3} on a last map of stride 16. */
        DEEPLAB
    }

    /** The losses. */
    public enum Measure {
        /** {@link CrossEntropy}. */
        CROSS_ENTROPY,
        /** {@link Dice}. */
        DICE,
        /** {@link SoftmaxFocal} of γ = 2. */
        FOCAL;

        Loss loss() {
            return switch (this) {
                case CROSS_ENTROPY -> new CrossEntropy();
                case DICE -> new Dice();
                case FOCAL -> new SoftmaxFocal(2);
            };
        }
    }

    /** Settings. */
    public record Config(
            @Describe("folder with images and masks; empty for composed scenes of clothes") String data,
            @Describe("part of the pictures to test on, where the folder does not say") double testFraction,
            @Describe("what happens to pictures and masks that cannot be used") OnError onError,
            @Describe("side of the square that every picture is brought to, a multiple of 32") int imageSize,
            @Describe("the network") Network model,
            @Describe("the network that it stands on") Body backbone,
            @Describe("what is made small") Measure loss,
            @Describe("passes over the training pictures") int epochs,
            @Describe("pictures in a step") int batchSize,
            @Describe("after a tenth of the first pass") double learningRate,
            @Describe("as a part of the learning rate") double weightDecay,
            @Describe("whether training pictures are changed at random") boolean augment,
            @Describe("of the first weights, the order and the augmentation") long seed) implements SceneSettings {
        public Config {
            SceneSettings.check(testFraction, epochs, batchSize, learningRate, weightDecay);
            Expect.that(model != Network.DEEPLAB || backbone.canBeFine(), "backbone", "one whose last map can be of"
                    + " stride 16, as deeplab needs it, " + Body.fineOnes(), backbone.name().toLowerCase(Locale.ROOT));
        }
    }

    @Override public String name() { return "segmentation"; }

    @Override public String description() {
        return "The class of each pixel: data=<folder> with images/ and masks/, or composed scenes of clothes";
    }

    @Override public Config defaults() {
        return new Config("", 0.2, OnError.FAIL, 256, Network.UNET, Body.SMALL, Measure.CROSS_ENTROPY, 20, 16, 2e-3,
                0.01, true, 1337);
    }

    @Override SceneData composed(int imageSize) { return FashionScenes.masks(imageSize); }

    @Override SceneData read(Path folder, Config config) {
        return SceneData.masks(folder, config.testFraction, config.seed, config.onError);
    }

    @Override SceneJob.Kind<Batch> kind(Config config, SceneProcessor processor) {
        int classes = processor.labels().size();
        return config.model == Network.UNET ? kind(new UNet(config.backbone.fresh(), 16, classes), config, processor)
                : kind(deepLab(config.backbone.fine(), classes), config, processor);
    }

    /** The paper's spreads are 96, 192 and 288 pixels, whatever the stride. */
    private static DeepLabV3 deepLab(Backbone backbone, int classes) {
        int stride = backbone.levels().getLast().stride();
        return new DeepLabV3(backbone, List.of(96 / stride, 192 / stride, 288 / stride), 128, classes);
    }

    private static <M extends Layer & Unary> SceneJob.Kind<Batch> kind(M model, Config config,
            SceneProcessor processor) {
        var task = new SegmentationTask<>(model, config.loss.loss(), processor.labels().size());
        return new SceneJob.Kind<>(task, scenes -> SegmentationTask.batch(scenes, processor.normalize()),
                model::forward, new Segmenter(model, model, processor), true, 0);
    }
}
