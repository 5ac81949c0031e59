package dev.merapi.protect.privacy;

import dev.merapi.nn.BatchNorm;
import dev.merapi.nn.GroupNorm;
import dev.merapi.nn.InstanceNorm;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Finds the layers by which samples of a batch see one another, so that none has a gradient of its own.
 *
 * <pre>{@code
 * ModelCheck.problems(model).forEach(IO::println);  // layers.1 (BatchNorm2d) takes statistics over the batch
 * ModelCheck.replace(model);                        // GroupNorm in their places
 * }</pre>
 */
public final class ModelCheck {
    private static final int GROUPS = 32; // Wu and He 2018, arXiv:1803.08494

    private ModelCheck() {}

    /**
     * A layer that does not do.
     *
     * @param path its name in the model
     * @param type its class
     * @param why in a few words
     */
    public record Problem(String path, String type, String why) {
        @Override public String toString() { return path + " (" + type + ") " + why; }
    }

    /** All that do not do, in the model's order. */
    public static List<Problem> problems(Layer model) {
        var problems = new ArrayList<Problem>();
        model.layers().forEach((path, layer) -> {
            String type = layer.getClass().getSimpleName();
            if (layer instanceof BatchNorm) {
                problems.add(new Problem(path, type, "takes statistics over the batch"));
            } else if (layer instanceof InstanceNorm && layer.tensors().containsKey("running_mean")) {
                problems.add(new Problem(path, type, "keeps running statistics of samples"));
            }
        });
        return problems;
    }

    static void expectSeparate(Layer model) {
        var problems = problems(model);
        if (problems.isEmpty()) return;
        throw new IllegalArgumentException("Private: expected layers that treat each sample by itself. Received "
                + String.join("; ", problems.stream().map(Problem::toString).toList())
                + ". ModelCheck.replace(model) puts GroupNorm in their places; then train from the beginning.");
    }

    /**
     * Puts a {@link GroupNorm} in the place of each such layer, with its weight and bias, where it has any, and as many
     * groups up to 32 as divide the channels.
     *
     * @throws IllegalArgumentException where a layer cannot be replaced from outside; then nothing has changed
     */
    public static void replace(Layer model) {
        var wrong = problems(model).stream().map(Problem::path).toList();
        model.replace((path, layer) -> wrong.contains(path) ? groupNorm(layer) : layer);
    }

    private static GroupNorm groupNorm(Layer layer) {
        Map<String, Tensor> tensors = layer.tensors();
        int channels = (int) tensors.get("running_mean").size(0);
        int groups = Math.min(GROUPS, channels);
        while (channels % groups != 0) groups--;
        try (var _ = Torch.on(layer.device()); var _ = Torch.noGrad()) {
            var norm = new GroupNorm(groups, channels, 1e-5);
            norm.params().forEach((name, param) -> {
                if (tensors.get(name) instanceof Tensor own) param.copy_(own);
            });
            return norm;
        }
    }
}
