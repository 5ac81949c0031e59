package dev.merapi.compress;

import dev.merapi.io.FileErrors;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Summary;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * One form of a model in a {@link BeforeAfter}: what it costs, how good it is, and how to ask it so that its time can
 * be taken.
 *
 * @param name such as {@code before}
 * @param bytes of its files of weights
 * @param parameters that are learnt, however they are stored
 * @param zeros how many of them are 0
 * @param multiplyAdds of one input; 0 if nobody counted them
 * @param answer answers one usual batch; its tensors live in the scope around it
 * @param quality what is measured on test data, such as the accuracy, by name; may be empty
 */
public record Subject(String name, long bytes, long parameters, long zeros, long multiplyAdds, Runnable answer,
        Map<String, Double> quality) {
    /**
     * A model of layers.
     *
     * @param weights a file, or a folder of them
     * @param summary of one input
     */
    public static Subject of(String name, Path weights, Layer model, Summary summary, Runnable answer,
            Map<String, Double> quality) {
        return new Subject(name, bytes(weights), parameters(model), zeros(model), summary.multiplyAdds(), answer,
                quality);
    }

    /** Parameters of a model, those of {@link Compressed} layers too. */
    public static long parameters(Layer model) {
        return model.parameterCount() + model.layers().values().stream().distinct()
                .mapToLong(layer -> layer instanceof Compressed compressed ? compressed.parameters() : 0).sum();
    }

    private static long zeros(Layer model) {
        long zeros = 0;
        for (Param param : model.params().values()) {
            try (var _ = Scope.open()) {
                zeros += param.numel() - param.detach().countNonzero().itemLong();
            }
        }
        return zeros;
    }

    /** The size of a file, or of the files of weights in a folder. */
    public static long bytes(Path weights) {
        if (!Files.isDirectory(weights)) return size(weights);
        try (var files = Files.list(weights)) {
            return files.filter(f -> f.toString().matches(".*\\.(safetensors|bin|onnx|pt|pth)"))
                    .mapToLong(Subject::size).sum();
        } catch (IOException e) {
            throw FileErrors.reading(weights, e);
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
    }
}
