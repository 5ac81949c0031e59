package dev.merapi.vision.pretrained;

import dev.merapi.io.ModelFolder;
import dev.merapi.recipe.Predictor;
import dev.merapi.tensor.Device;
import java.nio.file.Path;

/** Classifiers for pictures, in the folders that {@link Vision#load(Path)} knows. */
public final class PretrainedImages implements Predictor.Format {
    @Override public boolean reads(Path folder) { return Architecture.isKnown(ModelFolder.config(folder)); }

    @Override public Predictor<?, ?> open(Path folder, Device device) {
        var pretrained = Vision.load(folder);
        pretrained.model().to(device);
        return pretrained.classifier().closing(pretrained::close);
    }
}
