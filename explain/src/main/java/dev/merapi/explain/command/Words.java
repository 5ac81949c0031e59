package dev.merapi.explain.command;

import dev.merapi.explain.Attribution;
import dev.merapi.recipe.GlassBox;
import dev.merapi.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Explanations in words, and as values. */
final class Words {
    private Words() {}

    /** Such as {@code Ankle boot 98.1 %, by shap}. */
    static String title(GlassBox<?> box, Tensor x, int output, ExplainCommand.Config settings) {
        double answer = Targets.answer(box, x, output);
        String said = box.outputs().size() > 1 ? String.format(Locale.ROOT, "%.1f %%", 100 * answer)
                : String.format(Locale.ROOT, "%.4g", answer);
        return box.outputs().get(output) + " " + said + ", by " + settings.method().name().toLowerCase(Locale.ROOT);
    }

    /** Such as {@code : score 2.310, from 0.120, 1.2e-08 unexplained}. */
    static String sum(Attribution found, Method method) {
        if (Double.isNaN(found.base()) || method == Method.LIME) {
            return String.format(Locale.ROOT, ": score %.3f", found.output());
        }
        return String.format(Locale.ROOT, ": score %.3f, from %.3f, %.2g unexplained", found.output(), found.base(),
                found.gap());
    }

    static Map<String, Object> values(GlassBox<?> box, Tensor x, int output, Attribution found) {
        var values = new LinkedHashMap<String, Object>();
        values.put("target", box.outputs().get(output));
        values.put(box.outputs().size() > 1 ? "probability" : "answer", Targets.answer(box, x, output));
        values.put("score", found.output());
        if (!Double.isNaN(found.base())) {
            values.put("base", found.base());
            values.put("gap", found.gap());
        }
        return values;
    }

    /** A line for each of the strongest. */
    static String strongest(Attribution found, List<String> names, int top) {
        return found.strongest().stream().limit(top)
                .map(i -> String.format(Locale.ROOT, "  %+.3f  %s", found.values()[i], names.get(i)))
                .collect(Collectors.joining("\n"));
    }
}
