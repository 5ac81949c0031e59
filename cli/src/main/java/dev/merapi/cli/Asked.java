package dev.merapi.cli;

import dev.merapi.recipe.Classes;
import dev.merapi.recipe.Predictor;
import dev.merapi.recipe.Ranked;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * A model as the command asks it: about what a user types, for words or for values.
 *
 * @param top how many answers, where there are several
 * @param values whether answers are values, for JSON, not words
 * @param bars whether several classes are lines with bars
 */
record Asked<I, O>(Predictor<I, O> model, int top, boolean values, boolean bars) {
    /** An answer, or why there is none; both null where nothing was asked. */
    record Answer(Object value, RuntimeException error) {
        static final Answer NONE = new Answer(null, null);

        static Answer wrong(RuntimeException error) { return new Answer(null, error); }
    }

    /** An answer for each input, together; where one of them is wrong, each by itself, so that it alone has none. */
    List<Answer> all(List<String> inputs) {
        var asked = inputs.stream().filter(input -> !input.isBlank()).toList();
        var answers = answers(asked).iterator();
        return inputs.stream().map(input -> input.isBlank() ? Answer.NONE : answers.next()).toList();
    }

    private List<Answer> answers(List<String> inputs) {
        try {
            var answers = model.predict(inputs.stream().map(model::parse).toList());
            return answers.stream().map(answer -> new Answer(shown(answer), null)).toList();
        } catch (IllegalArgumentException | UncheckedIOException e) {
            if (inputs.size() == 1) return List.of(Answer.wrong(e));
            return inputs.stream().flatMap(input -> answers(List.of(input)).stream()).toList();
        }
    }

    private Object shown(O answer) {
        O best = Ranked.top(answer, top);
        if (bars && best instanceof Classes several && several.all().size() > 1) return "\n" + several.bars();
        return values ? best : model.format(best);
    }
}
