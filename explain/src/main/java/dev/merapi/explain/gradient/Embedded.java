package dev.merapi.explain.gradient;

import dev.merapi.explain.Attribution;
import dev.merapi.nn.Hook;
import dev.merapi.nn.Hooks;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.List;

/**
 * A model of ids as a function of their vectors, which have gradients: of tokens what the first embedding of a text
 * model gives, of a table's columns what all its embeddings give, side by side.
 *
 * <pre>{@code
 * var embedded = Embedded.of(model, ids -> model.forward(ids), x);
 * var explainer = new IntegratedGradients(embedded, embedded.vectors(blank));
 * double[] tokens = embedded.summed(explainer.explain(embedded.vectors(x), 1)).values();
 * }</pre>
 *
 * T tokens or columns, E numbers of each.
 */
public final class Embedded implements Unary {
    private final Layer model;
    private final Unary function;
    private final Tensor ids;
    private final List<String> layers; // that are replaced
    private final List<Long> widths; // of their vectors

    private Embedded(Layer model, Unary function, Tensor ids, List<String> layers, List<Long> widths) {
        this.model = model;
        this.function = function;
        this.ids = ids;
        this.layers = layers;
        this.widths = widths;
    }

    /**
     * @param function of ids (B, …)
     * @param ids of one input (1, …); the model hears of them where it asks for more than vectors, such as padding
     * @throws IllegalArgumentException if no embedding runs
     */
    public static Embedded of(Layer model, Unary function, Tensor ids) {
        var layers = new ArrayList<String>();
        var widths = new ArrayList<Long>();
        try (var _ = Scope.open(); var _ = Torch.noGrad(); var _ = Hooks.listen(model, call -> {
            if (!isEmbedding(call) || call.type().equals("Embedding") && !layers.isEmpty()) return;
            layers.add(call.path());
            widths.add(call.output().size(2));
        })) {
            function.forward(ids);
        }
        Expect.that(!layers.isEmpty(), "Embedded", "a model that looks up vectors of ids",
                "one without an embedding; methods that need none are shap, lime and occlusion");
        return new Embedded(model, function, ids, List.copyOf(layers), List.copyOf(widths));
    }

    private static boolean isEmbedding(Hook.Call call) {
        return (call.type().equals("Embedding") || call.type().equals("FieldEmbedding")) && call.output().rank() == 3;
    }

    /** The vectors (B, T, E) of ids (B, …). */
    public Tensor vectors(Tensor ids) {
        var found = new Tensor[layers.size()];
        try (var scope = Scope.open(); var _ = Torch.noGrad(); var _ = model.evaluating()) {
            try (var _ = Hooks.listen(model, call -> {
                int place = layers.indexOf(call.path());
                if (place >= 0) found[place] = call.output();
            })) {
                function.forward(ids);
            }
            return scope.keep(Tensor.cat(List.of(found), -1).copy());
        }
    }

    /** The model's outputs for vectors (B, T, E). */
    @Override public Tensor forward(Tensor vectors) {
        long[] shape = ids.shape();
        shape[0] = vectors.size(0);
        try (var _ = model.evaluating(); var _ = Hooks.around(model, call -> {
            int place = layers.indexOf(call.path());
            if (place < 0) return call.output();
            long from = widths.subList(0, place).stream().mapToLong(Long::longValue).sum();
            return layers.size() == 1 ? vectors : vectors.narrow(2, from, widths.get(place));
        })) {
            return function.forward(ids.expand(shape));
        }
    }

    /** Contributions of vectors (T, E), summed for each token or column. */
    public Attribution summed(Attribution vectors) {
        int width = Math.toIntExact(widths.stream().mapToLong(Long::longValue).sum());
        var groups = new int[vectors.values().length];
        for (int i = 0; i < groups.length; i++) groups[i] = i / width;
        return vectors.grouped(groups);
    }
}
