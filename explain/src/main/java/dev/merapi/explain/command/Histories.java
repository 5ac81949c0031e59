package dev.merapi.explain.command;

import dev.merapi.explain.Attribution;
import dev.merapi.explain.Game;
import dev.merapi.explain.lime.Lime;
import dev.merapi.explain.perturb.FeatureAblation;
import dev.merapi.explain.picture.Bars;
import dev.merapi.explain.shap.KernelShap;
import dev.merapi.tabular.recommend.ItemRecommender;
import dev.merapi.tensor.Expect;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;

/** Explains recommendations: which items of a user's history made an item suit. */
record Histories(ItemRecommender recommender, ExplainCommand.Config settings) {
    private static final int MOST = 30; // items of a history, the newest

    ExplainCommand.Explained explain(String user) {
        var all = recommender.historyOf(user);
        Expect.that(!all.isEmpty(), "explain", "a user whom the model knows", user);
        var history = all.subList(Math.max(0, all.size() - MOST), all.size());
        String item = settings.target().isEmpty() ? recommender.recommendFor(history, 1).getFirst().item()
                : settings.target();
        var found = explain(history, item);
        String title = item + " for " + user + ", by " + settings.method().name().toLowerCase(Locale.ROOT);
        var values = new LinkedHashMap<String, Object>();
        values.put("target", item);
        values.put("score", found.output());
        values.put("history", history);
        values.put("contributions", found.values());
        return new ExplainCommand.Explained(title + Words.sum(found, settings.method()) + "\n"
                + Words.strongest(found, history, settings.top()), values,
                Bars.bar(found, history, settings.top(), title));
    }

    private Attribution explain(List<String> history, String item) {
        var game = new Without(recommender, history, item);
        int samples = settings.samples();
        return switch (settings.method()) {
            case SHAP -> new KernelShap(samples == 0 ? 1000 : samples, settings.seed()).share(game);
            case LIME -> new Lime(samples == 0 ? 1000 : samples, 0.25, 1, settings.seed()).share(game);
            case OCCLUSION -> new FeatureAblation().share(game);
            default -> throw Expect.error("method", "shap, lime or occlusion for a recommendation", settings.method());
        };
    }

    /** What suits when items are missing from a history; with none at all, nothing does. */
    private record Without(ItemRecommender recommender, List<String> history, String item) implements Game {
        private static final int TOGETHER = 256;

        @Override public int players() { return history.size(); }

        @Override public double[] values(boolean[][] coalitions) {
            var values = new double[coalitions.length];
            var places = new ArrayList<Integer>();
            var left = new ArrayList<List<String>>();
            for (int c = 0; c < coalitions.length; c++) {
                var some = new ArrayList<String>();
                for (int i = 0; i < history.size(); i++) if (coalitions[c][i]) some.add(history.get(i));
                if (!some.isEmpty()) {
                    places.add(c);
                    left.add(some);
                }
                if (left.size() == TOGETHER || c == coalitions.length - 1 && !left.isEmpty()) {
                    double[] scores = recommender.scoresFor(left, item);
                    for (int i = 0; i < scores.length; i++) values[places.get(i)] = scores[i];
                    places.clear();
                    left.clear();
                }
            }
            return values;
        }
    }
}
