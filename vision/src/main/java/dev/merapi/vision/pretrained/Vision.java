package dev.merapi.vision.pretrained;

import dev.merapi.io.FileErrors;
import dev.merapi.io.Hub;
import dev.merapi.io.ModelFolder;
import dev.merapi.io.Weights;
import dev.merapi.tensor.Scope;
import dev.merapi.vision.model.Backbone;
import dev.merapi.vision.transform.ImageProcessor;
import java.nio.file.Path;

/**
 * Opens networks for images that others have trained.
 *
 * <pre>{@code
 * try (var model = Vision.load("microsoft/resnet-50")) {           // or Vision.load("models/resnet34-imagenet")
 *     IO.println(model.classifier().classify(Path.of("cat.jpg")).top(5));
 * }
 * }</pre>
 *
 * A folder holds {@code config.json}, weights and, usually, {@code preprocessor_config.json}. What the network is, is
 * said by {@code model_type} (Hugging Face's {@code resnet}, {@code vit}, {@code deit}, {@code convnext},
 * {@code mobilenet_v1}, {@code mobilenet_v2} and {@code efficientnet}) or by {@code architecture}: a name of
 * torchvision's, such as {@code resnet50}, or of timm's for the same networks.
 */
public final class Vision {
    private Vision() {}

    /**
     * A network, ready to be asked, and how pictures become its input.
     *
     * @param folderOrId a folder, or a model of the hub ({@link Hub#usual}), such as {@code microsoft/resnet-50}
     * @throws IllegalArgumentException if it holds no network that is known here, or its files do not fit each other
     * @throws IllegalStateException if the hub does not give it, and it was not fetched before
     */
    public static Pretrained load(String folderOrId) { return load(Hub.usual().folder(folderOrId)); }

    /** As {@link #load(String)}, from a folder. */
    public static Pretrained load(Path folder) {
        ModelFolder.expectNoRun(folder);
        Path config = folder.resolve("config.json");
        var architecture = FileErrors.naming(config, () -> Architecture.of(ModelFolder.config(folder)));
        var processor = ImageProcessor.open(folder, architecture.usual());
        try (var _ = Scope.open()) { // of tensors that are put together
            var weights = architecture.named(Weights.open(folder));
            int classes = architecture.classes(weights, folder);
            var labels = FileErrors.naming(config, () -> architecture.labels(processor.labels(), classes));
            Backbone model = ModelFolder.buildEmpty(folder, () -> architecture.build(classes));
            try {
                weights.loadInto(model);
                model.eval();
                return new Pretrained(model, processor.labels(labels), architecture);
            } catch (RuntimeException e) {
                model.close();
                throw e;
            }
        }
    }
}
