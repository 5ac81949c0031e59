package dev.merapi.vision.pipeline;

import dev.merapi.nn.Layer;
import dev.merapi.recipe.GlassBox;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Supervised;
import dev.merapi.vision.Image;
import dev.merapi.vision.transform.ImageProcessor;
import java.util.List;

/** The model of an {@link ImageClassifier}. What is hidden of a picture has the mean colour of normalised ones, 0. */
record OpenClassifier(Supervised task, ImageProcessor processor) implements GlassBox<Image> {
    @Override public Layer model() { return task.model(); }

    @Override public List<String> outputs() { return processor.labels(); }

    @Override public Tensor encode(List<Image> images) { return processor.batch(images); }

    @Override public Image seen(Image image) { return processor.fit(image); }

    @Override public List<String> parts(Image image) { return List.of(); }

    @Override public Tensor blank(Tensor encoded) { return encoded.zerosLike(); }

    @Override public Tensor scores(Tensor encoded) { return task.output(encoded); }
}
