package dev.merapi.protect.privacy;

import dev.merapi.data.BatchSource;
import dev.merapi.data.Loader;
import dev.merapi.io.Safetensors;
import dev.merapi.io.SafetensorsFile;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Strategy;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Between gradients and weights stands the noise; what is spent goes with the weights. */
record PrivateStrategy(Private privacy) implements Strategy {
    @Override public <B> BatchSource<B> prepare(BatchSource<B> train) {
        if (train instanceof Loader<B> loader) return privacy.sample(loader);
        throw Expect.error("Private", "a Loader, from whose samples each step draws", train.getClass().getSimpleName());
    }

    /** Gradients of samples are taken, and added, with the pass. */
    @Override public void backward(Tensor loss, List<Param> params) {}

    @Override public void reduce(List<Param> params) { privacy.finish(); }

    /** The mean is over the samples that a step has on the average: how many it had in truth is private. */
    @Override public double weight(double own) { return 1; }

    @Override public void save(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) {
        var all = new HashMap<>(metadata);
        all.put(PrivacyState.KEY, privacy.state().toJson());
        Strategy.super.save(file, tensors, all);
        PrivacyCard.write(privacy, file.toAbsolutePath().getParent());
    }

    @Override public void load(Layer model, Path file) {
        Safetensors.load(model, file);
        restore(privacy, file);
    }

    /** What was spent on the weights in a file, if it says so. */
    static void restore(Private privacy, Path file) {
        String state = SafetensorsFile.open(file).metadata().get(PrivacyState.KEY);
        if (state != null) privacy.restore(PrivacyState.parse(state));
    }
}
