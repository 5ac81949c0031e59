package dev.merapi.recipe;

import dev.merapi.tensor.Device;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Supplier;

/**
 * What a field does with trained models under a name of its own, such as {@code merapi detect}. Field modules provide
 * theirs in {@code META-INF/services/dev.merapi.recipe.Command}; the command line finds them.
 *
 * @param <C> its settings, as a {@link Recipe}'s
 */
public interface Command<C extends Record> {
    /** What a user types: lower case, words joined by hyphens. */
    String name();

    /** One line on what it does. */
    String description();

    /** Its arguments, as a user sees them: {@code <run> <picture>...}. */
    String arguments();

    /** Settings that work as they are. */
    C defaults();

    /**
     * Does it.
     *
     * @param arguments those that are no settings
     * @throws IllegalArgumentException if they are not what {@link #arguments} says
     */
    void run(List<String> arguments, C settings, Device device, Answers out);

    /**
     * What was found.
     *
     * @param words for people
     * @param values for programs: text, numbers, records, or lists and maps of them
     */
    record Answer(String words, Object values) {}

    /** Where the answers go. */
    interface Answers {
        /** Takes the answer to an input. */
        void answer(String input, Answer answer);

        /** Says what is wrong with an input; the others are gone on with. */
        void failed(String input, RuntimeException error);

        /** Answers an input, unless it is wrong. */
        default void answer(String input, Supplier<Answer> answering) {
            Answer answer;
            try {
                answer = answering.get();
            } catch (IllegalArgumentException | UncheckedIOException e) {
                failed(input, e);
                return;
            }
            answer(input, answer);
        }
    }
}
