package dev.merapi.text.recipe;

import dev.merapi.text.data.Squad;
import dev.merapi.text.model.bert.Example;
import dev.merapi.text.pipeline.QuestionAnswerer;
import dev.merapi.text.tokenizer.Encoding;
import java.util.ArrayList;
import java.util.List;

/**
 * A question with as much of its text as fits.
 *
 * @param from the text's first token
 * @param to after its last one
 */
record AnswerWindow(Squad.Question question, Encoding tokens, int from, int to) {
    /** The windows of all questions, in order. */
    static List<AnswerWindow> of(List<Squad.Question> questions, QuestionAnswerer answerer) {
        var encodings = answerer.encode(questions.stream().map(Squad.Question::question).toList(),
                questions.stream().map(Squad.Question::text).toList());
        var windows = new ArrayList<AnswerWindow>();
        for (int i = 0; i < questions.size(); i++) {
            windows.add(of(questions.get(i), encodings.get(i)));
            for (var more : encodings.get(i).overflowing()) windows.add(of(questions.get(i), more));
        }
        return windows;
    }

    private static AnswerWindow of(Squad.Question question, Encoding tokens) {
        int from = 0;
        while (from < tokens.size() && tokens.sequences()[from] != 1) from++;
        int to = from;
        while (to < tokens.size() && tokens.sequences()[to] == 1) to++;
        if (from < to) return new AnswerWindow(question, tokens, from, to);
        throw new IllegalArgumentException("question " + question.id() + ": expected a text of at least one token."
                + " Received \"" + question.text() + "\".");
    }

    /**
     * To learn from, with the places of the first answer; where it is not in this window, the first token, [CLS],
     * stands for none, as in BERT.
     *
     * @param row a third label, to know the window by
     */
    Example example(boolean types, int row) {
        long[] labels = {0, 0, row};
        if (!question.answers().isEmpty()) {
            var answer = question.answers().getFirst();
            int first = tokenAt(answer.start());
            int last = tokenAt(answer.start() + Math.max(1, answer.text().length()) - 1);
            if (first >= 0 && last >= first) {
                labels[0] = first;
                labels[1] = last;
            }
        }
        return new Example(tokens.ids(), types ? tokens.typeIds() : null, labels);
    }

    /** The token that a character of the text is in; -1 if it is not in this window. */
    private int tokenAt(int character) {
        for (int i = from; i < to; i++) {
            var span = tokens.offsets().get(i);
            if (span.start() <= character && character < span.end()) return i;
        }
        return -1;
    }

    /** The text from a token to another. */
    String text(int first, int last) {
        return question.text().substring(tokens.offsets().get(first).start(), tokens.offsets().get(last).end());
    }
}
