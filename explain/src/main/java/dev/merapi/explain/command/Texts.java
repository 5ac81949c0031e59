package dev.merapi.explain.command;

import dev.merapi.explain.Attribution;
import dev.merapi.explain.Explainer;
import dev.merapi.explain.Game;
import dev.merapi.explain.Sharing;
import dev.merapi.explain.attention.AttentionMaps;
import dev.merapi.explain.gradient.DeepLift;
import dev.merapi.explain.gradient.Embedded;
import dev.merapi.explain.gradient.IntegratedGradients;
import dev.merapi.explain.gradient.Saliency;
import dev.merapi.explain.gradient.SmoothGrad;
import dev.merapi.explain.lime.Lime;
import dev.merapi.explain.perturb.FeatureAblation;
import dev.merapi.explain.picture.ColouredText;
import dev.merapi.explain.picture.PairMap;
import dev.merapi.explain.shap.PartitionShap;
import dev.merapi.recipe.GlassBox;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.model.bert.Bert;
import java.util.ArrayList;
import java.util.List;

/** Explains texts, token by token. */
record Texts(GlassBox<String> box, ExplainCommand.Config settings) {
    ExplainCommand.Explained explain(String text) {
        try (var _ = Scope.open()) {
            var x = box.encode(List.of(text));
            int output = Targets.of(box, x, settings.target());
            var tokens = box.parts(text);
            String title = Words.title(box, x, output, settings);
            if (settings.method() == Method.ATTENTION) return attention(x, output, tokens, title);
            var found = explain(x, output);
            var values = Words.values(box, x, output, found);
            values.put("tokens", tokens);
            values.put("contributions", found.values());
            return new ExplainCommand.Explained(title + Words.sum(found, settings.method()) + "\n"
                    + Words.strongest(found, tokens, settings.top()), values, ColouredText.of(found, tokens, title));
        }
    }

    /** Which token looks at which; for the whole text, what the token looks at that stands for it, or the mean. */
    private ExplainCommand.Explained attention(Tensor x, int output, List<String> tokens, String title) {
        double[][] pairs = AttentionMaps.weighted(box.model(), box::scores, x, output);
        boolean first = box.model().layers().values().stream().anyMatch(Bert.class::isInstance);
        for (int i = 0; i < pairs.length; i++) pairs[i][i] -= 1; // a token's own path
        var rows = first ? List.of(pairs[0]) : List.of(pairs);
        var values = new double[pairs.length];
        for (double[] row : rows) for (int i = 0; i < values.length; i++) values[i] += row[i] / rows.size();
        var found = Attribution.of(values, Double.NaN, box.scores(x).select(1, output).item());
        var told = Words.values(box, x, output, found);
        told.put("tokens", tokens);
        told.put("contributions", values);
        told.put("pairs", pairs);
        return new ExplainCommand.Explained(title + "\n" + Words.strongest(found, tokens, settings.top()), told,
                tokens.size() <= PairMap.MOST ? PairMap.of(pairs, tokens, title)
                        : ColouredText.of(found, tokens, title));
    }

    private Attribution explain(Tensor x, int output) {
        var blank = box.blank(x);
        return switch (settings.method()) {
            case SHAP -> hiding(x, blank, output, null);
            case LIME -> hiding(x, blank, output, new Lime(samples(1000), 0.25, 1, settings.seed()));
            case OCCLUSION -> hiding(x, blank, output, new FeatureAblation());
            case IG, DEEPLIFT, SALIENCY, SMOOTHGRAD -> {
                var embedded = Embedded.of(box.model(), box::scores, x);
                var vectors = embedded.vectors(x);
                yield embedded.summed(gradient(embedded, embedded.vectors(blank)).explain(vectors, output));
            }
            case GUIDED_BACKPROP, GRADCAM, GRADCAM_PLUS_PLUS, SCORECAM, ATTENTION -> throw Expect.error("method",
                    "shap, lime, ig, deeplift, saliency, smoothgrad, occlusion or attention for a text",
                    settings.method());
        };
    }

    /** Of a saliency, the gradient times the vector, so that a token has one number with a sign. */
    private Explainer gradient(Embedded embedded, Tensor blank) {
        return switch (settings.method()) {
            case IG -> new IntegratedGradients(embedded, blank);
            case DEEPLIFT -> new DeepLift(box.model(), embedded, blank);
            case SMOOTHGRAD -> new SmoothGrad(Saliency.timesInput(embedded), samples(25), 0.15, settings.seed());
            default -> Saliency.timesInput(embedded);
        };
    }

    private int samples(int usual) { return settings.samples() == 0 ? usual : settings.samples(); }

    /** Tokens that are never hidden, such as the one that begins all texts, contribute nothing. */
    private Attribution hiding(Tensor x, Tensor blank, int output, Sharing sharing) {
        long[] ids = x.toLongs(), hidden = blank.toLongs();
        var groups = new int[ids.length];
        var places = new ArrayList<Integer>();
        for (int i = 0; i < ids.length; i++) {
            groups[i] = ids[i] == hidden[i] ? -1 : places.size();
            if (groups[i] >= 0) places.add(i);
        }
        Expect.that(!places.isEmpty(), "explain", "a text with a token that the model knows", "none");
        var how = sharing != null ? sharing
                : new PartitionShap(PartitionShap.Tree.line(0, places.size()), samples(2000));
        var found = Explainer.hiding(Game.of(box::scores, blank, groups), how).explain(x, output);
        var values = new double[ids.length];
        for (int i = 0; i < places.size(); i++) values[places.get(i)] = found.values()[i];
        return Attribution.of(values, found.base(), found.output());
    }
}
