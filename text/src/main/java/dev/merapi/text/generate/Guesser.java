package dev.merapi.text.generate;

import java.util.Arrays;

/**
 * Guesses how a text goes on, so that a model reads several tokens at once and keeps those that it would have written
 * itself: speculative decoding, by Leviathan et al. 2023, arXiv:2211.17192. What is guessed changes the time that a
 * text takes, never the text.
 *
 * <pre>{@code
 * try (var gpt = Gpt2.load(Path.of("gpt2"))) {
 *     var writer = new Generator(gpt, tokenizer).guessing(Guesser.lookup(3), 8);
 *     writer.generate("A list of names: Ann, Bob. The same list again:", Generation.DEFAULT);
 * }
 * }</pre>
 */
@FunctionalInterface
public interface Guesser {
    /**
     * Tokens that may come next; none if it knows of none.
     *
     * @param text prompt and what was written
     * @param most tokens at most, from 1
     */
    long[] guess(long[] text, int most);

    /**
     * What followed the last time that the text's end stood in it: prompt lookup, by Saxena 2023. It costs nothing, and
     * helps where texts repeat what they were given.
     *
     * @param tokens of the end that are looked for; fewer where so many are not found
     */
    static Guesser lookup(int tokens) {
        return (text, most) -> {
            for (int length = Math.min(tokens, text.length - 1); length > 0; length--) {
                for (int at = text.length - length - 1; at >= 0; at--) {
                    if (!Arrays.equals(text, at, at + length, text, text.length - length, text.length)) continue;
                    int from = at + length;
                    return Arrays.copyOfRange(text, from, Math.min(text.length, from + most));
                }
            }
            return new long[0];
        };
    }
}
