package dev.merapi.text.generate;

import dev.merapi.recipe.Describe;
import dev.merapi.tensor.Expect;
import java.util.Arrays;
import java.util.List;

/**
 * How text is written. Start from {@link #DEFAULT}, which takes the likeliest token each time:
 *
 * <pre>{@code
 * var chance = Generation.DEFAULT.maxTokens(200).temperature(0.8).topP(0.95).stop("\n\n");
 * var search = Generation.DEFAULT.beams(4).lengthPenalty(0.6);
 * }</pre>
 *
 * The names and meanings are Hugging Face's; {@code presencePenalty} and {@code frequencyPenalty} are OpenAI's.
 * {@code topP} is by Holtzman et al. 2020, {@code minP} by Nguyen et al. 2024, {@code repetitionPenalty} by Keskar et
 * al. 2019.
 */
public record Generation(
        @Describe("most tokens that are written") int maxTokens,
        @Describe("what logits are divided by before a token is drawn; 0 takes the likeliest") double temperature,
        @Describe("draws from so many of the likeliest tokens; 0 for all") int topK,
        @Describe("draws from the likeliest tokens that together are so probable; 1 for all") double topP,
        @Describe("draws from tokens at least this times as probable as the likeliest; 0 for all") double minP,
        @Describe("makes tokens that came before less likely, by division; 1 for none") double repetitionPenalty,
        @Describe("taken from the logit of each token that was written before") double presencePenalty,
        @Describe("taken from the logit of a token for each time that it was written before") double frequencyPenalty,
        @Describe("no sequence of so many tokens comes twice; 0 to allow it") int noRepeatNgram,
        @Describe("texts that end the writing; they are not part of the result") List<String> stop,
        @Describe("tokens that end the writing, as the model's own end token does") List<Long> stopIds,
        @Describe("the same seed gives the same text") long seed,
        @Describe("how many texts a beam search follows at once; 1 for none") int beams,
        @Describe("exponent of a beam's length in its score: above 0 prefers longer texts") double lengthPenalty,
        @Describe("ends a beam search with the first texts that end, as many as beams") boolean earlyStopping) {

    /** 128 tokens at most, the likeliest each time, without penalties. */
    public static final Generation DEFAULT = new Generation(128, 0, 0, 1, 0, 1, 0, 0, 0, List.of(), List.of(), 1337, 1,
            1, false);

    public Generation {
        stop = List.copyOf(stop);
        stopIds = List.copyOf(stopIds);
        Expect.atLeast("Generation.maxTokens", 1, maxTokens);
        Expect.atLeast("Generation.temperature", 0, temperature);
        Expect.that(topK >= 0, "Generation.topK", "at least 1, or 0 for all tokens", topK);
        Expect.that(topP > 0 && topP <= 1, "Generation.topP", "above 0, and 1 at most", topP);
        Expect.probability("Generation.minP", minP);
        Expect.that(repetitionPenalty > 0 && Double.isFinite(repetitionPenalty), "Generation.repetitionPenalty",
                "above 0, with 1 for none", repetitionPenalty);
        Expect.that(Double.isFinite(presencePenalty), "Generation.presencePenalty", "a number", presencePenalty);
        Expect.that(Double.isFinite(frequencyPenalty), "Generation.frequencyPenalty", "a number", frequencyPenalty);
        Expect.that(noRepeatNgram >= 0, "Generation.noRepeatNgram", "at least 1, or 0 for no rule", noRepeatNgram);
        Expect.that(!stop.contains(""), "Generation.stop", "texts of at least one character", stop);
        Expect.that(stopIds.stream().allMatch(id -> id >= 0), "Generation.stopIds", "token ids from 0", stopIds);
        Expect.atLeast("Generation.beams", 1, beams);
        Expect.that(beams == 1 || temperature == 0, "Generation.beams", "1 with a temperature, or temperature 0",
                beams);
        Expect.that(Double.isFinite(lengthPenalty), "Generation.lengthPenalty", "a number", lengthPenalty);
    }

    /** The same with another limit of new tokens, from 1. */
    public Generation maxTokens(int value) {
        return new Generation(value, temperature, topK, topP, minP, repetitionPenalty, presencePenalty,
                frequencyPenalty, noRepeatNgram, stop, stopIds, seed, beams, lengthPenalty, earlyStopping);
    }

    /** The same with another temperature: 0 takes the likeliest token, 1 draws by the model's probabilities. */
    public Generation temperature(double value) {
        return new Generation(maxTokens, value, topK, topP, minP, repetitionPenalty, presencePenalty,
                frequencyPenalty, noRepeatNgram, stop, stopIds, seed, beams, lengthPenalty, earlyStopping);
    }

    /** The same that draws from so many likeliest tokens; 0 for all. */
    public Generation topK(int value) {
        return new Generation(maxTokens, temperature, value, topP, minP, repetitionPenalty, presencePenalty,
                frequencyPenalty, noRepeatNgram, stop, stopIds, seed, beams, lengthPenalty, earlyStopping);
    }

    /** The same that draws from the likeliest tokens whose probabilities reach this sum, in (0, 1]. */
    public Generation topP(double value) {
        return new Generation(maxTokens, temperature, topK, value, minP, repetitionPenalty, presencePenalty,
                frequencyPenalty, noRepeatNgram, stop, stopIds, seed, beams, lengthPenalty, earlyStopping);
    }

    /** The same without tokens below this share of the likeliest one's probability, in [0, 1]. */
    public Generation minP(double value) {
        return new Generation(maxTokens, temperature, topK, topP, value, repetitionPenalty, presencePenalty,
                frequencyPenalty, noRepeatNgram, stop, stopIds, seed, beams, lengthPenalty, earlyStopping);
    }

    /** The same that divides the logits of tokens that were there before; 1 for none. */
    public Generation repetitionPenalty(double value) {
        return new Generation(maxTokens, temperature, topK, topP, minP, value, presencePenalty,
                frequencyPenalty, noRepeatNgram, stop, stopIds, seed, beams, lengthPenalty, earlyStopping);
    }

    /** The same that subtracts from the logits of tokens written before; 0 for none. */
    public Generation presencePenalty(double value) {
        return new Generation(maxTokens, temperature, topK, topP, minP, repetitionPenalty, value,
                frequencyPenalty, noRepeatNgram, stop, stopIds, seed, beams, lengthPenalty, earlyStopping);
    }

    /** The same that subtracts from a token's logit for each time it was written; 0 for none. */
    public Generation frequencyPenalty(double value) {
        return new Generation(maxTokens, temperature, topK, topP, minP, repetitionPenalty, presencePenalty,
                value, noRepeatNgram, stop, stopIds, seed, beams, lengthPenalty, earlyStopping);
    }

    /** The same in which no sequence of so many tokens comes twice; 0 for no rule. */
    public Generation noRepeatNgram(int value) {
        return new Generation(maxTokens, temperature, topK, topP, minP, repetitionPenalty, presencePenalty,
                frequencyPenalty, value, stop, stopIds, seed, beams, lengthPenalty, earlyStopping);
    }

    /** The same that ends where one of these texts comes up, which is left out. */
    public Generation stop(String... texts) {
        return new Generation(maxTokens, temperature, topK, topP, minP, repetitionPenalty, presencePenalty,
                frequencyPenalty, noRepeatNgram, List.of(texts), stopIds, seed, beams, lengthPenalty,
                earlyStopping);
    }

    /** The same that ends with one of these tokens too. */
    public Generation stopIds(long... ids) {
        return new Generation(maxTokens, temperature, topK, topP, minP, repetitionPenalty, presencePenalty,
                frequencyPenalty, noRepeatNgram, stop, Arrays.stream(ids).boxed().toList(), seed, beams,
                lengthPenalty, earlyStopping);
    }

    /** The same with another seed of what is drawn. */
    public Generation seed(long value) {
        return new Generation(maxTokens, temperature, topK, topP, minP, repetitionPenalty, presencePenalty,
                frequencyPenalty, noRepeatNgram, stop, stopIds, value, beams, lengthPenalty, earlyStopping);
    }

    /** The same by a search with so many beams; 1 for none. */
    public Generation beams(int value) {
        return new Generation(maxTokens, temperature, topK, topP, minP, repetitionPenalty, presencePenalty,
                frequencyPenalty, noRepeatNgram, stop, stopIds, seed, value, lengthPenalty, earlyStopping);
    }

    /** The same with another power of the length by which a beam's score is divided. */
    public Generation lengthPenalty(double value) {
        return new Generation(maxTokens, temperature, topK, topP, minP, repetitionPenalty, presencePenalty,
                frequencyPenalty, noRepeatNgram, stop, stopIds, seed, beams, value, earlyStopping);
    }

    /** The same whose search ends with the first texts that end, or looks for better ones. */
    public Generation earlyStopping(boolean value) {
        return new Generation(maxTokens, temperature, topK, topP, minP, repetitionPenalty, presencePenalty,
                frequencyPenalty, noRepeatNgram, stop, stopIds, seed, beams, lengthPenalty, value);
    }
}
