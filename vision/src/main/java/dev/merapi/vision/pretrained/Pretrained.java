package dev.merapi.vision.pretrained;

import dev.merapi.io.ModelFolder;
import dev.merapi.train.Classification;
import dev.merapi.vision.model.Backbone;
import dev.merapi.vision.pipeline.ImageClassifier;
import dev.merapi.vision.transform.ImageProcessor;
import java.nio.file.Path;
import java.util.List;

/**
 * A network with weights, and how pictures become its input. Closing it frees the weights.
 *
 * <pre>{@code
 * try (var flowers = Vision.load("microsoft/resnet-50").newHead(List.of("rose", "tulip"))) {
 *     flowers.model().freeze(NamePattern.of("conv1.*", "bn1.*", "layer1.*"));
 *     var task = Classification.of(flowers.model(), 2);
 * }
 * }</pre>
 *
 * @param model in evaluation mode
 * @param processor for its pictures; its labels are the names of the classes
 * @param architecture what {@code config.json} says of the network
 */
public record Pretrained(Backbone model, ImageProcessor processor, Architecture architecture)
        implements AutoCloseable {
    /** For pictures; it uses this model. */
    public ImageClassifier classifier() {
        return new ImageClassifier(Classification.of(model, processor.labels().size()), processor);
    }

    /** The same network with a new classifier for other classes: where transfer learning begins. */
    public Pretrained newHead(List<String> labels) {
        model.newHead(labels.size());
        return new Pretrained(model, processor.labels(labels), architecture);
    }

    /** Writes {@code config.json}, {@code model.safetensors} and {@code preprocessor_config.json}. */
    public void save(Path folder) {
        ModelFolder.save(model, architecture.config(processor.labels().size()), folder);
        processor.save(folder);
    }

    @Override public void close() { model.close(); }
}
