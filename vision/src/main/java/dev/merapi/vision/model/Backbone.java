package dev.merapi.vision.model;

import dev.merapi.nn.Activation;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.Hooks;
import dev.merapi.nn.Init;
import dev.merapi.nn.Lambda;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A network for images that can be taken apart: maps of features for a detector or a segmenter to stand on, one vector
 * for each image, and the classifier at its end, which is easily replaced. RGB (N, 3, H, W) to logits (N, classes).
 *
 * <pre>{@code
 * Backbone body = new ResNet(ResNet.Config.RESNET50, 1000);
 * List<Tensor> maps = body.features(x);                      // for each of body.levels(), the finest first
 * Tensor finer = maps.get(body.level(8));                    // (N, 512, H / 8, W / 8)
 * body.newHead(10);                                          // for ten classes of one's own
 * }</pre>
 */
public abstract class Backbone extends Layer implements Unary {
    /**
     * What one map of features is like, (N, channels, H', W').
     *
     * @param stride how many pixels of the image one step in the map is; H' is H / stride, rounded up, or about that
     *     where a network's convolutions are not padded
     */
    public record Level(int channels, int stride) {}

    /** The maps that {@link #features} gives, the finest first; several may have one stride. */
    public abstract List<Level> levels();

    /** What the network makes of images before it classifies them, after the last block of each {@link #levels}. */
    public abstract List<Tensor> features(Tensor x);

    /** What the classifier sees: one vector (N, {@link #width}) for each image. */
    public abstract Tensor embed(Tensor x);

    /** The length of a vector of {@link #embed}. */
    public abstract int width();

    /** Names of the layers that make logits: the classifier and, behind it, those for training alone. */
    public abstract List<String> heads();

    /**
     * Which of {@link #levels} has a stride, the last of several.
     *
     * @throws IllegalArgumentException naming those there are, if none has
     */
    public final int level(int stride) {
        var levels = levels();
        for (int i = levels.size() - 1; i >= 0; i--) if (levels.get(i).stride == stride) return i;
        throw Expect.error(getClass().getSimpleName() + ".level", "one of the strides "
                + levels.stream().map(Level::stride).distinct().toList(), stride);
    }

    /**
     * Puts new classifiers in the places of {@link #heads}, each an affine map, where the old ones are; the rest stays.
     * Optimizers made before do not know of them.
     */
    public final void newHead(int classes) {
        Expect.atLeast("Backbone.newHead: classes", 1, classes);
        var heads = heads();
        try (var _ = Torch.on(device(), dtype())) {
            replace((path, layer) -> heads.contains(path) ? like(path, layer, classes) : layer);
        }
    }

    /** Names of the layers between the maps of {@link #features} and the vectors of {@link #embed}. */
    List<String> neck() { return List.of(); }

    /**
     * Takes away, and frees, all behind the maps of {@link #features}: it would be saved, but not trained. Afterwards
     * {@link #embed} and {@link #forward} say nothing of use.
     */
    public final void keepFeatures() { remove(Stream.concat(neck().stream(), heads().stream()).toList()); }

    /** Takes {@link #heads} away and frees them, for one who wants the vectors of {@link #embed} alone. */
    public final void removeHead() { remove(heads()); }

    private void remove(List<String> names) {
        var removed = new ArrayList<Layer>();
        replace((path, layer) -> {
            if (!names.contains(path)) return layer;
            removed.add(layer);
            return new Lambda("removed", x -> x);
        });
        removed.forEach(Layer::close);
    }

    private static Linear like(String path, Layer old, int classes) {
        if (old instanceof Linear) return new Linear(Math.toIntExact(old.params().get("weight").size(1)), classes);
        throw Expect.error("Backbone.newHead", "a Linear at " + path, "a " + old.getClass().getSimpleName(),
                "put a layer of your own there by replace");
    }

    /**
     * max(0, x), a part of {@code owner}, written over x where nobody looks: for results of a norm or a sum, which
     * backward does not need.
     */
    static Tensor relu(Layer owner, Tensor x) {
        return Hooks.isOn() ? Hooks.part(owner, "relu", Activation.RELU, x) : x.relu_();
    }

    /** a + b, written over a, as {@link #relu} writes. */
    static Tensor sum(Tensor a, Tensor b) { return Hooks.isOn() || a.dtype() != b.dtype() ? a.add(b) : a.add_(b); }

    /** Gives all convolutions and affine maps new weights, and zeros as biases. */
    final void initialize(Init convolutions, Init affine) {
        layers().values().forEach(layer -> {
            if (!(layer instanceof Conv2d || layer instanceof Linear)) return;
            (layer instanceof Conv2d ? convolutions : affine).apply(layer.params().get("weight"));
            var bias = layer.params().get("bias");
            if (bias != null) Init.zeros().apply(bias);
        });
    }
}
