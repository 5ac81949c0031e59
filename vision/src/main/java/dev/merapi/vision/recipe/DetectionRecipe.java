package dev.merapi.vision.recipe;

import dev.merapi.recipe.Describe;
import dev.merapi.tensor.Expect;
import dev.merapi.vision.data.FashionScenes;
import dev.merapi.vision.data.OnError;
import dev.merapi.vision.data.SceneData;
import dev.merapi.vision.detect.DetectionModel;
import dev.merapi.vision.detect.DetectionTask;
import dev.merapi.vision.detect.Fcos;
import dev.merapi.vision.detect.SceneBatch;
import dev.merapi.vision.detect.Ssd;
import dev.merapi.vision.pipeline.ObjectDetector;
import dev.merapi.vision.transform.SceneProcessor;
import java.nio.file.Path;

/** Finds things: boxes in the formats of Pascal VOC, COCO or YOLO, or composed scenes of clothes. */
public final class DetectionRecipe extends SceneRecipe<DetectionRecipe.Config, SceneBatch> {
    /** The detectors. */
    public enum Detector {
        /** {@link Fcos}. */
        FCOS,
        /** {@link Ssd}. */
        SSD;

        DetectionModel on(Body body, int classes) {
            return this == FCOS ? new Fcos(Fcos.Config.SMALL, body.fresh(), classes)
                    : new Ssd(Ssd.Config.DEFAULT, body.fresh(), classes);
        }
    }

    /** Settings. */
    public record Config(
            @Describe("folder with boxes (Pascal VOC, COCO, YOLO); empty for composed scenes of clothes") String data,
            @Describe("part of the pictures to test on, where the folder does not say") double testFraction,
            @Describe("what happens to pictures and boxes that cannot be used") OnError onError,
            @Describe("side of the square that every picture is brought to, a multiple of 32") int imageSize,
            @Describe("the detector") Detector model,
            @Describe("the network that it stands on") Body backbone,
            @Describe("passes over the training pictures") int epochs,
            @Describe("pictures in a step") int batchSize,
            @Describe("after a tenth of the first pass") double learningRate,
            @Describe("as a part of the learning rate") double weightDecay,
            @Describe("whether training pictures are changed at random") boolean augment,
            @Describe("probability of four pictures in one, where they are changed") double mosaic,
            @Describe("of the first weights, the order and the augmentation") long seed) implements SceneSettings {
        public Config {
            Expect.probability("mosaic", mosaic);
            SceneSettings.check(testFraction, epochs, batchSize, learningRate, weightDecay);
        }
    }

    @Override public String name() { return "detection"; }

    @Override public String description() {
        return "Boxes around things: data=<folder> of Pascal VOC, COCO or YOLO, or composed scenes of clothes";
    }

    @Override public Config defaults() {
        return new Config("", 0.2, OnError.FAIL, 256, Detector.FCOS, Body.SMALL, 30, 16, 2e-3, 0.01, true, 0, 1337);
    }

    @Override SceneData composed(int imageSize) { return FashionScenes.of(imageSize); }

    @Override SceneData read(Path folder, Config config) {
        return SceneData.boxes(folder, config.testFraction, config.seed, config.onError);
    }

    @Override SceneJob.Kind<SceneBatch> kind(Config config, SceneProcessor processor) {
        int classes = processor.labels().size();
        var model = config.model.on(config.backbone, classes);
        return new SceneJob.Kind<>(new DetectionTask(model, classes),
                scenes -> SceneBatch.of(scenes, processor.normalize()), model::forward,
                new ObjectDetector(model, processor), false, config.mosaic);
    }
}
