package dev.merapi.explain.command;

import dev.merapi.explain.Attribution;
import dev.merapi.explain.Explainer;
import dev.merapi.explain.Game;
import dev.merapi.explain.Sharing;
import dev.merapi.explain.gradient.DeepLift;
import dev.merapi.explain.gradient.Embedded;
import dev.merapi.explain.gradient.IntegratedGradients;
import dev.merapi.explain.gradient.Saliency;
import dev.merapi.explain.gradient.SmoothGrad;
import dev.merapi.explain.lime.Lime;
import dev.merapi.explain.perturb.FeatureAblation;
import dev.merapi.explain.picture.Bars;
import dev.merapi.explain.shap.KernelShap;
import dev.merapi.plot.Figure;
import dev.merapi.recipe.GlassBox;
import dev.merapi.tabular.data.Frame;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Explains rows of a table, column by column.
 *
 * @param background rows whose values stand where columns are hidden; null for missing values
 */
record Rows(GlassBox<Frame> box, Frame background, ExplainCommand.Config settings) {
    private static final int BACKGROUND = 100; // rows of it that are taken

    List<ExplainCommand.Explained> explain(Frame rows) {
        var all = new ArrayList<ExplainCommand.Explained>();
        for (int i = 0; i < rows.size(); i++) all.add(row(rows.take(i)));
        return all;
    }

    private ExplainCommand.Explained row(Frame row) {
        try (var _ = Scope.open()) {
            var x = box.encode(List.of(row));
            int output = Targets.of(box, x, settings.target());
            var parts = box.parts(row);
            var columns = parts.stream().distinct().toList();
            var found = explain(x, parts, columns, output);
            var names = columns.stream().map(column -> column + value(row, column)).toList();
            String title = Words.title(box, x, output, settings);
            var values = Words.values(box, x, output, found);
            values.put("columns", columns);
            values.put("contributions", found.values());
            return new ExplainCommand.Explained(title + Words.sum(found, settings.method()) + "\n"
                    + Words.strongest(found, names, settings.top()), values, figure(found, names, title));
        }
    }

    private static String value(Frame row, String column) {
        return row.has(column) ? " = " + row.column(column).text(0) : "";
    }

    private Figure figure(Attribution found, List<String> names, String title) {
        boolean sums = !Double.isNaN(found.base()) && settings.method() != Method.LIME;
        return sums ? Bars.waterfall(found, names, settings.top(), title)
                : Bars.bar(found, names, settings.top(), title);
    }

    private Attribution explain(Tensor x, List<String> parts, List<String> columns, int output) {
        int[] groups = parts.stream().mapToInt(columns::indexOf).toArray();
        return switch (settings.method()) {
            case SHAP -> hiding(x, groups, output, new KernelShap(samples(2048), settings.seed()));
            case LIME -> hiding(x, groups, output, new Lime(samples(1000), 0.25, 1, settings.seed()));
            case OCCLUSION -> hiding(x, groups, output, new FeatureAblation());
            case IG, DEEPLIFT, SALIENCY, SMOOTHGRAD -> {
                var embedded = Embedded.of(box.model(), box::scores, x);
                var vectors = embedded.vectors(x);
                Expect.that(vectors.size(1) == parts.size(), "method", "shap, lime or occlusion for this model, not"
                        + " all of whose columns have vectors", settings.method());
                yield embedded.summed(gradient(embedded, embedded.vectors(hidden(x))).explain(vectors, output))
                        .grouped(groups);
            }
            case GUIDED_BACKPROP, GRADCAM, GRADCAM_PLUS_PLUS, SCORECAM, ATTENTION -> throw Expect.error("method",
                    "shap, lime, ig, deeplift, saliency, smoothgrad or occlusion for a table", settings.method());
        };
    }

    private Explainer gradient(Embedded embedded, Tensor hidden) {
        return switch (settings.method()) {
            case IG -> new IntegratedGradients(embedded, hidden);
            case DEEPLIFT -> new DeepLift(box.model(), embedded, hidden);
            case SMOOTHGRAD -> new SmoothGrad(Saliency.timesInput(embedded), samples(25), 0.15, settings.seed());
            default -> Saliency.timesInput(embedded);
        };
    }

    private int samples(int usual) { return settings.samples() == 0 ? usual : settings.samples(); }

    private Attribution hiding(Tensor x, int[] groups, int output, Sharing sharing) {
        return Explainer.hiding(Game.of(box::scores, hidden(x), groups), sharing).explain(x, output);
    }

    private Tensor hidden(Tensor x) {
        if (background == null) return box.blank(x);
        if (background.size() <= BACKGROUND) return box.encode(List.of(background));
        var random = new SplittableRandom(settings.seed());
        var places = new HashSet<Integer>();
        while (places.size() < BACKGROUND) places.add(random.nextInt(background.size()));
        return box.encode(List.of(background.take(places.stream().mapToInt(Integer::intValue).sorted().toArray())));
    }
}
