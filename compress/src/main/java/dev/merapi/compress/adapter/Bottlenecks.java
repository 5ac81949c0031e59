package dev.merapi.compress.adapter;

import dev.merapi.io.Safetensors;
import dev.merapi.io.Weights;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.MatrixLayer;
import dev.merapi.nn.Name;
import dev.merapi.nn.NamePattern;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Small nets behind some layers of a model that does not learn itself: y + up(relu(down(y))). Houlsby et al. 2019,
 * arXiv:1902.00751.
 *
 * <pre>{@code
 * Bottlenecks.add(model, 16, "*.attention.output.dense", "*.output.dense");
 * trainer.fit(train, test);
 * Bottlenecks.save(model, Path.of("reviews.safetensors"));
 * }</pre>
 */
public final class Bottlenecks {
    private static final String PART = "bottleneck.";

    private Bottlenecks() {}

    /** A layer and the net behind it, which at first changes nothing. */
    private static final class Bottleneck extends Layer implements Unary {
        @Name("") Unary base;
        @Name(PART + "down") Unary down;
        @Name(PART + "up") Unary up;

        Bottleneck(MatrixLayer base, int width) {
            this.base = base;
            var own = (Layer) base;
            int out = (int) base.matrixShape()[0];
            try (var _ = Torch.on(own.device(), own.dtype())) {
                down = new Linear(out, width);
                var last = new Linear(width, out);
                try (var _ = Torch.noGrad()) {
                    last.params().values().forEach(Tensor::zero_);
                }
                up = last;
            }
        }

        @Override public Tensor forward(Tensor x) {
            Tensor y = base.forward(x);
            return hooked(y.add(up.forward(down.forward(y).relu())), x);
        }
    }

    /**
     * Puts one behind each affine map whose name one of the patterns fits, and stops the training of all else.
     *
     * @return how many there are
     * @throws IllegalArgumentException if no pattern fits
     */
    public static int add(Layer model, int width, String... patterns) {
        Expect.atLeast("Bottlenecks.add", 1, width);
        var names = NamePattern.of(patterns);
        var all = Adapters.affine(model);
        var chosen = all.stream().filter(names).toList();
        Expect.that(!chosen.isEmpty(), "Bottlenecks.add", "patterns that fit some of the model's affine maps, which end"
                + " in " + Adapters.endings(all), String.join(", ", patterns));
        model.freeze(true);
        model.replace((path, layer) -> chosen.contains(path) && layer instanceof MatrixLayer map
                ? new Bottleneck(map, width) : layer);
        return chosen.size();
    }

    /** Their parameters by the names that they have in the model. */
    private static Map<String, Tensor> params(Layer model) {
        var params = new LinkedHashMap<String, Tensor>(model.params());
        params.keySet().removeIf(name -> !name.contains("." + PART) && !name.startsWith(PART));
        return params;
    }

    /** Saves them without the model. */
    public static void save(Layer model, Path file) {
        Safetensors.write(file, params(model), Map.of("format", "pt"));
    }

    /**
     * Loads what {@link #save} wrote into those that were added.
     *
     * @throws IllegalArgumentException naming each tensor that is missing, left over or of another shape
     */
    public static void load(Layer model, Path file) {
        Weights.open(file).loadInto(new NamedTensors(params(model)));
    }
}
