package dev.merapi.explain.gradient;

import dev.merapi.explain.Attribution;
import dev.merapi.explain.Checks;
import dev.merapi.explain.Chunks;
import dev.merapi.explain.Explainer;
import dev.merapi.nn.Hook;
import dev.merapi.nn.Hooks;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Where in a picture a layer has seen what speaks for a class: its maps, weighted by how much each speaks for it,
 * summed and cut off below 0, at the size of the picture. Layers are those of convolutions, (N, C, H, W), or of
 * squares of a Vision Transformer, (N, 1 + H · W, E).
 *
 * @param function of the model's inputs (N, C, H, W); the model itself where it is one
 * @param layer its path; null for the last that is not pooling and on whose places the output depends
 */
public record GradCam(Layer model, Unary function, String layer, Kind kind, Chunks chunks) implements Explainer {
    private static final int NEAR = 16; // layers from the end that may be the last

    /** How the maps are weighted. */
    public enum Kind {
        /** By the mean gradient (Selvaraju et al. 2016, arXiv:1610.02391). */
        GRAD_CAM,
        /** By gradients that raise the output, each place by its share (Chattopadhay et al. 2017, arXiv:1710.11063). */
        PLUS_PLUS,
        /** By the output for what a map lets through of the picture (Wang et al. 2019, arXiv:1910.01279). */
        SCORE
    }

    /** Grad-CAM at the last layer. */
    public GradCam(Layer model, Unary function) { this(model, function, null, Kind.GRAD_CAM, Chunks.DEFAULT); }

    /** Of a model that is a function itself. */
    public static <M extends Layer & Unary> GradCam of(M model) { return new GradCam(model, model); }

    /** The same at another layer. */
    public GradCam layer(String path) { return new GradCam(model, function, path, kind, chunks); }

    /** The same with another weighting. */
    public GradCam kind(Kind other) { return new GradCam(model, function, layer, other, chunks); }

    /** Not negative, of shape (H, W). */
    @Override public Attribution explain(Tensor x, int output) {
        Checks.one(x);
        Expect.that(x.rank() == 4, "GradCam", "a picture (1, C, H, W)", Shapes.toString(x.shape()));
        Gradients.expectFloating(x);
        try (var _ = Scope.open(); var _ = Torch.enableGrad(); var _ = model.evaluating()) {
            var maps = new LinkedHashMap<String, Tensor>();
            Tensor y;
            try (var _ = Hooks.listen(model, call -> take(call, maps))) {
                y = Checks.output(function.forward(x.detach().requiresGrad_(true)), output);
            }
            var seen = choose(y.sum(), maps);
            var map = grid(seen.map);
            var slope = grid(seen.gradient);
            var weights = weights(x, map, slope, output);
            var cam = map.mul(weights).sum(new long[] {1}, true).relu(); // (1, 1, h, w)
            return Attribution.of(resized(cam, x), new long[] {x.size(2), x.size(3)}, Double.NaN, y.item());
        }
    }

    private static void take(Hook.Call call, LinkedHashMap<String, Tensor> maps) {
        var y = call.output();
        boolean pooled = call.type().contains("Pool") || call.type().equals("Dropout");
        boolean map = y.rank() == 4 && y.size(2) > 1 && y.size(3) > 1;
        boolean squares = y.rank() == 3 && side(y.size(1)) > 1;
        if (y.requiresGrad() && !pooled && (map || squares)) maps.put(call.path(), y);
    }

    /** What a layer gave, and the gradient there. */
    private record Seen(Tensor map, Tensor gradient) {}

    private Seen choose(Tensor y, LinkedHashMap<String, Tensor> maps) {
        Expect.that(!maps.isEmpty(), "GradCam", "a model with maps (N, C, H, W) or squares (N, 1 + H · W, E)", "none;"
                + " take ig, or shap");
        if (layer != null) {
            Expect.that(maps.containsKey(layer), "GradCam.layer", "one of " + maps.keySet(), layer);
            var map = maps.get(layer);
            var slope = Tensor.grad(List.of(y), List.of(map), false).getFirst();
            return new Seen(map, slope == null ? map.zerosLike() : slope);
        }
        var last = new ArrayList<>(maps.values()).reversed().stream().limit(NEAR).toList();
        var slopes = Tensor.grad(List.of(y), last, false);
        for (int i = 0; i < last.size(); i++) {
            if (slopes.get(i) == null) continue;
            if (grid(slopes.get(i)).abs().sum().item() > 0) return new Seen(last.get(i), slopes.get(i));
        }
        throw Expect.error("GradCam", "an output that depends on the places of a layer",
                "one whose gradient is 0 at all; name another layer");
    }

    /** The root of the number of squares, with a token for the class in front of them or without; 0 for neither. */
    private static int side(long tokens) {
        int side = (int) Math.round(Math.sqrt(tokens - 1.0));
        if ((long) side * side == tokens - 1) return side;
        side = (int) Math.round(Math.sqrt(tokens));
        return (long) side * side == tokens ? side : 0;
    }

    /** Squares (1, T, E) as a map (1, E, H, W). */
    private static Tensor grid(Tensor map) {
        if (map.rank() == 4) return map;
        int side = side(map.size(1));
        long squares = (long) side * side;
        return map.narrow(1, map.size(1) - squares, squares).transpose(1, 2).unflatten(2, side, side);
    }

    /** (1, C, 1, 1). */
    private Tensor weights(Tensor x, Tensor map, Tensor slope, int output) {
        long[] places = {2, 3};
        return switch (kind) {
            case GRAD_CAM -> slope.mean(places, true);
            case PLUS_PLUS -> {
                var square = slope.square();
                var below = square.mul(2).add(map.mul(square).mul(slope).sum(places, true));
                var none = below.eq(0);
                var shares = square.div(below.maskedFill(none, 1)).maskedFill(none, 0);
                yield shares.mul(slope.relu()).sum(places, true);
            }
            case SCORE -> scores(x, map, output);
        };
    }

    /** The outputs for what each map lets through, more than for nothing, as shares. */
    private Tensor scores(Tensor x, Tensor map, int output) {
        int channels = Math.toIntExact(map.size(1));
        var scores = new double[channels];
        int most = chunks.rowsLike(x);
        for (int from = 0; from < channels; from += most) {
            int count = Math.min(most, channels - from);
            try (var _ = Scope.open(); var _ = Torch.noGrad()) {
                var masks = resized(map.detach().narrow(1, from, count).transpose(0, 1), x); // (count, 1, H, W)
                var least = masks.amin(new long[] {2, 3}, true);
                var range = masks.amax(new long[] {2, 3}, true).sub(least);
                var scaled = masks.sub(least).div(range.clamp(1e-12, null));
                double[] some = Checks.output(function.forward(x.mul(scaled)), output).toDoubles();
                System.arraycopy(some, 0, scores, from, count);
            }
            chunks.progress().accept(count);
        }
        return Tensor.of(scores).softmax(0).to(map.dtype()).to(map.device()).reshape(1, channels, 1, 1);
    }

    private static Tensor resized(Tensor map, Tensor x) {
        return Tensor.call("upsample_bilinear2d", "", map, new long[] {x.size(2), x.size(3)}, false, null, null);
    }
}
