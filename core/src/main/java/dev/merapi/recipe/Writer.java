package dev.merapi.recipe;

import java.util.List;
import java.util.function.Consumer;

/**
 * A trained model that writes text.
 *
 * @param <G> how it chooses its words: a record of settings, as a {@link Recipe}'s
 */
public interface Writer<G extends Record> extends Predictor<String, String> {
    /** Settings that work as they are. */
    G settings();

    /**
     * Goes on with a prompt.
     *
     * @param out takes the text in pieces, as it is written; without the prompt
     */
    void write(String prompt, G settings, Consumer<String> out);

    /** Whether {@link #reply} is for this model. */
    default boolean converses() { return false; }

    /**
     * Answers in a conversation.
     *
     * @param messages by turns the user's and the model's; the last is the user's
     * @throws UnsupportedOperationException if the model was not made for conversations
     */
    default void reply(List<String> messages, G settings, Consumer<String> out) {
        throw new UnsupportedOperationException("This model has no chat template; go on with a text by generate.");
    }

    @Override default Class<String> input() { return String.class; }

    @Override default Class<String> output() { return String.class; }

    /** What the model writes after each prompt. They may be read together; a text does not depend on its neighbours. */
    default List<String> writeAll(List<String> prompts, G settings) {
        return prompts.stream().map(prompt -> {
            var text = new StringBuilder();
            write(prompt, settings, text::append);
            return text.toString();
        }).toList();
    }

    /** By its {@link #settings}. */
    @Override default List<String> predict(List<String> prompts) { return writeAll(prompts, settings()); }

    @Override default String parse(String typed) { return typed; }
}
