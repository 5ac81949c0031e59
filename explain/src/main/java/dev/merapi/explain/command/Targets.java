package dev.merapi.explain.command;

import dev.merapi.explain.Checks;
import dev.merapi.io.Nearest;
import dev.merapi.recipe.GlassBox;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.List;

/** Which output is explained. */
final class Targets {
    private Targets() {}

    /** The class of that name; of an empty one the most probable for x (1, …). */
    static int of(GlassBox<?> box, Tensor x, String name) {
        List<String> outputs = box.outputs();
        if (name.isEmpty()) {
            try (var _ = Scope.open(); var _ = Torch.noGrad()) {
                return (int) box.scores(x).argmax(-1).itemLong();
            }
        }
        int index = outputs.indexOf(name);
        Expect.that(index >= 0, "target", "one of " + some(outputs), name + Nearest.near(name, outputs)
                .map(near -> "; did you mean " + near + "?").orElse(""));
        return index;
    }

    private static String some(List<String> outputs) {
        return String.join(", ", outputs.subList(0, Math.min(20, outputs.size()))) + (outputs.size() > 20 ? " …" : "");
    }

    /** The probability of an output of several; of a number the number. */
    static double answer(GlassBox<?> box, Tensor x, int output) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            var scores = box.scores(x);
            return Checks.output(scores.size(1) > 1 ? scores.softmax(-1) : scores, output).item();
        }
    }
}
