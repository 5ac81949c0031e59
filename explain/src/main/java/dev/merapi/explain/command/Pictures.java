package dev.merapi.explain.command;

import dev.merapi.explain.Attribution;
import dev.merapi.explain.Explainer;
import dev.merapi.explain.Game;
import dev.merapi.explain.Sharing;
import dev.merapi.explain.gradient.DeepLift;
import dev.merapi.explain.gradient.GradCam;
import dev.merapi.explain.gradient.GuidedBackprop;
import dev.merapi.explain.gradient.IntegratedGradients;
import dev.merapi.explain.gradient.Saliency;
import dev.merapi.explain.gradient.SmoothGrad;
import dev.merapi.explain.lime.Lime;
import dev.merapi.explain.lime.Slic;
import dev.merapi.explain.perturb.Occlusion;
import dev.merapi.explain.picture.HeatMap;
import dev.merapi.explain.shap.PartitionShap;
import dev.merapi.recipe.GlassBox;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.vision.Image;
import java.util.List;

/** Explains pictures. */
record Pictures(GlassBox<Image> box, ExplainCommand.Config settings) {
    private static final int CELLS = 28; // of a side, whose pixels SHAP hides together

    ExplainCommand.Explained explain(Image image) {
        var seen = box.seen(image);
        try (var _ = Scope.open()) {
            var x = box.encode(List.of(image));
            int output = Targets.of(box, x, settings.target());
            var found = pixels(explain(x, seen, output));
            String title = Words.title(box, x, output, settings);
            var values = Words.values(box, x, output, found);
            values.put("shape", found.shape());
            values.put("pixels", found.values());
            return new ExplainCommand.Explained(title + Words.sum(found, settings.method()), values,
                    HeatMap.of(seen, found, title));
        }
    }

    private Attribution explain(Tensor x, Image seen, int output) {
        var blank = blank(x);
        return switch (settings.method()) {
            case SHAP -> {
                int side = Math.max(1, seen.height() / CELLS);
                int rows = (seen.height() + side - 1) / side, columns = (seen.width() + side - 1) / side;
                var tree = PartitionShap.Tree.grid(rows, columns);
                yield hiding(x, blank, cells(seen, side, columns), new PartitionShap(tree, samples(2000)), output);
            }
            case LIME -> hiding(x, blank, new Slic().of(seen), new Lime(samples(1000), 0.25, 1, settings.seed()),
                    output);
            case IG -> new IntegratedGradients(box::scores, blank).explain(x, output);
            case DEEPLIFT -> new DeepLift(box.model(), box::scores, blank).explain(x, output);
            case SALIENCY -> new Saliency(box::scores).explain(x, output);
            case SMOOTHGRAD -> new SmoothGrad(new Saliency(box::scores), samples(25), 0.15, settings.seed())
                    .explain(x, output);
            case GUIDED_BACKPROP -> new GuidedBackprop(box.model(), box::scores).explain(x, output);
            case GRADCAM -> new GradCam(box.model(), box::scores).explain(x, output);
            case GRADCAM_PLUS_PLUS -> new GradCam(box.model(), box::scores).kind(GradCam.Kind.PLUS_PLUS)
                    .explain(x, output);
            case SCORECAM -> new GradCam(box.model(), box::scores).kind(GradCam.Kind.SCORE).explain(x, output);
            case OCCLUSION -> new Occlusion(box::scores, blank).explain(x, output);
            case ATTENTION -> throw Expect.error("method", "another for a picture; of a ViT gradcam shows what its"
                    + " attention has made of squares", settings.method());
        };
    }

    private int samples(int usual) { return settings.samples() == 0 ? usual : settings.samples(); }

    /** What stands where x is hidden. */
    Tensor blank(Tensor x) {
        return switch (settings.hide()) {
            case MEAN -> box.blank(x);
            case BLACK -> box.encode(List.of(new Image(Math.toIntExact(x.size(2)), Math.toIntExact(x.size(3)),
                    Math.toIntExact(x.size(1)))));
            case BLUR -> {
                long side = Math.max(1, x.size(2) / 6) / 2 * 2 + 1;
                yield Tensor.call("avg_pool2d", "", x, new long[] {side, side}, new long[] {1, 1},
                        new long[] {side / 2, side / 2}, false, false, null);
            }
        };
    }

    /** The contributions of parts, laid on their pixels in equal shares. */
    private Attribution hiding(Tensor x, Tensor blank, int[] parts, Sharing sharing, int output) {
        int channels = Math.toIntExact(x.size(1));
        var groups = new int[parts.length * channels];
        for (int i = 0; i < groups.length; i++) groups[i] = parts[i % parts.length];
        var found = Explainer.hiding(Game.of(box::scores, blank, groups), sharing).explain(x, output);
        var sizes = new int[found.values().length];
        for (int part : parts) sizes[part]++;
        var pixels = new double[parts.length];
        for (int i = 0; i < pixels.length; i++) pixels[i] = found.values()[parts[i]] / sizes[parts[i]];
        return new Attribution(new long[] {x.size(2), x.size(3)}, pixels, found.base(), found.output());
    }

    private static int[] cells(Image image, int side, int columns) {
        var cells = new int[image.height() * image.width()];
        for (int i = 0; i < cells.length; i++) {
            cells[i] = i / image.width() / side * columns + i % image.width() / side;
        }
        return cells;
    }

    private static Attribution pixels(Attribution found) {
        return found.shape().length == 2 ? found : found.pixels();
    }
}
