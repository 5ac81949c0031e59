package dev.merapi.text.generate;

import java.util.Arrays;
import java.util.List;

/**
 * How text is written. Start from {@link #DEFAULT}, which takes the likeliest token each time:
 *
 * <pre>{@code
 * Generation.DEFAULT.maxTokens(200).temperature(0.8).topP(0.95).stop("\n\n")
 * Generation.DEFAULT.beams(4).lengthPenalty(0.6)
 * }</pre>
 *
 * The names and meanings are Hugging Face's; {@code presencePenalty} and {@code frequencyPenalty} are OpenAI's.
 *
 * @param maxTokens most tokens that are written
 * @param temperature what logits are divided by before a token is drawn; 0 takes the likeliest
 * @param topK draws from so many of the likeliest tokens; 0 for all
 * @param topP draws from the likeliest tokens that together have this probability (Holtzman et al. 2020); 1 for all
 * @param minP draws from tokens at least this times as probable as the likeliest (Nguyen et al. 2024); 0 for all
 * @param repetitionPenalty makes tokens of the prompt and the text less likely, by division (Keskar et al. 2019); 1 for
 *     none
 * @param presencePenalty taken from the logit of each token that was written before
 * @param frequencyPenalty taken from the logit of a token for each time that it was written before
 * @param noRepeatNgram no sequence of so many tokens comes twice; 0 to allow it
 * @param stop texts that end the writing; they are not part of the result
 * @param stopIds tokens that end the writing, as the model's own end token does; they are not part of the result
 * @param seed the same seed gives the same text
 * @param beams how many texts a beam search follows at once; 1 for none
 * @param lengthPenalty exponent of the length that a beam's log-probability is divided by: above 0 prefers longer texts
 * @param earlyStopping ends a beam search with the first {@code beams} texts that ended, even if better ones may come
 */
public record Generation(int maxTokens, double temperature, int topK, double topP, double minP,
        double repetitionPenalty, double presencePenalty, double frequencyPenalty, int noRepeatNgram,
        List<String> stop, List<Long> stopIds, long seed, int beams, double lengthPenalty, boolean earlyStopping) {

    /** 128 tokens at most, the likeliest each time, without penalties. */
    public static final Generation DEFAULT = new Generation(128, 0, 0, 1, 0, 1, 0, 0, 0, List.of(), List.of(), 1337, 1,
            1, false);

    public Generation {
        stop = List.copyOf(stop);
        stopIds = List.copyOf(stopIds);
        check(maxTokens >= 1, "maxTokens", "at least 1", maxTokens);
        check(temperature >= 0 && Double.isFinite(temperature), "temperature", "0 or more", temperature);
        check(topK >= 0, "topK", "at least 1, or 0 for all tokens", topK);
        check(topP > 0 && topP <= 1, "topP", "above 0, and 1 at most", topP);
        check(minP >= 0 && minP <= 1, "minP", "from 0 to 1", minP);
        check(repetitionPenalty > 0 && Double.isFinite(repetitionPenalty), "repetitionPenalty",
                "above 0, with 1 for none", repetitionPenalty);
        check(Double.isFinite(presencePenalty), "presencePenalty", "a number", presencePenalty);
        check(Double.isFinite(frequencyPenalty), "frequencyPenalty", "a number", frequencyPenalty);
        check(noRepeatNgram >= 0, "noRepeatNgram", "at least 1, or 0 for no rule", noRepeatNgram);
        check(!stop.contains(""), "stop", "texts of at least one character", stop);
        check(stopIds.stream().allMatch(id -> id >= 0), "stopIds", "token ids from 0", stopIds);
        check(beams >= 1, "beams", "at least 1", beams);
        check(beams == 1 || temperature == 0, "beams", "1 with a temperature, or temperature 0", beams);
        check(Double.isFinite(lengthPenalty), "lengthPenalty", "a number", lengthPenalty);
    }

    public Generation maxTokens(int value) {
        return new Generation(value, temperature, topK, topP, minP, repetitionPenalty, presencePenalty,
                frequencyPenalty, noRepeatNgram, stop, stopIds, seed, beams, lengthPenalty, earlyStopping);
    }

    public Generation temperature(double value) {
        return new Generation(maxTokens, value, topK, topP, minP, repetitionPenalty, presencePenalty,
                frequencyPenalty, noRepeatNgram, stop, stopIds, seed, beams, lengthPenalty, earlyStopping);
    }

    public Generation topK(int value) {
        return new Generation(maxTokens, temperature, value, topP, minP, repetitionPenalty, presencePenalty,
                frequencyPenalty, noRepeatNgram, stop, stopIds, seed, beams, lengthPenalty, earlyStopping);
    }

    public Generation topP(double value) {
        return new Generation(maxTokens, temperature, topK, value, minP, repetitionPenalty, presencePenalty,
                frequencyPenalty, noRepeatNgram, stop, stopIds, seed, beams, lengthPenalty, earlyStopping);
    }

    public Generation minP(double value) {
        return new Generation(maxTokens, temperature, topK, topP, value, repetitionPenalty, presencePenalty,
                frequencyPenalty, noRepeatNgram, stop, stopIds, seed, beams, lengthPenalty, earlyStopping);
    }

    public Generation repetitionPenalty(double value) {
        return new Generation(maxTokens, temperature, topK, topP, minP, value, presencePenalty,
                frequencyPenalty, noRepeatNgram, stop, stopIds, seed, beams, lengthPenalty, earlyStopping);
    }

    public Generation presencePenalty(double value) {
        return new Generation(maxTokens, temperature, topK, topP, minP, repetitionPenalty, value,
                frequencyPenalty, noRepeatNgram, stop, stopIds, seed, beams, lengthPenalty, earlyStopping);
    }

    public Generation frequencyPenalty(double value) {
        return new Generation(maxTokens, temperature, topK, topP, minP, repetitionPenalty, presencePenalty,
                value, noRepeatNgram, stop, stopIds, seed, beams, lengthPenalty, earlyStopping);
    }

    public Generation noRepeatNgram(int value) {
        return new Generation(maxTokens, temperature, topK, topP, minP, repetitionPenalty, presencePenalty,
                frequencyPenalty, value, stop, stopIds, seed, beams, lengthPenalty, earlyStopping);
    }

    public Generation stop(String... texts) {
        return new Generation(maxTokens, temperature, topK, topP, minP, repetitionPenalty, presencePenalty,
                frequencyPenalty, noRepeatNgram, List.of(texts), stopIds, seed, beams, lengthPenalty,
                earlyStopping);
    }

    public Generation stopIds(long... ids) {
        return new Generation(maxTokens, temperature, topK, topP, minP, repetitionPenalty, presencePenalty,
                frequencyPenalty, noRepeatNgram, stop, Arrays.stream(ids).boxed().toList(), seed, beams,
                lengthPenalty, earlyStopping);
    }

    public Generation seed(long value) {
        return new Generation(maxTokens, temperature, topK, topP, minP, repetitionPenalty, presencePenalty,
                frequencyPenalty, noRepeatNgram, stop, stopIds, value, beams, lengthPenalty, earlyStopping);
    }

    public Generation beams(int value) {
        return new Generation(maxTokens, temperature, topK, topP, minP, repetitionPenalty, presencePenalty,
                frequencyPenalty, noRepeatNgram, stop, stopIds, seed, value, lengthPenalty, earlyStopping);
    }

    public Generation lengthPenalty(double value) {
        return new Generation(maxTokens, temperature, topK, topP, minP, repetitionPenalty, presencePenalty,
                frequencyPenalty, noRepeatNgram, stop, stopIds, seed, beams, value, earlyStopping);
    }

    public Generation earlyStopping(boolean value) {
        return new Generation(maxTokens, temperature, topK, topP, minP, repetitionPenalty, presencePenalty,
                frequencyPenalty, noRepeatNgram, stop, stopIds, seed, beams, lengthPenalty, value);
    }

    private static void check(boolean holds, String name, String expected, Object received) {
        if (holds) return;
        throw new IllegalArgumentException("Generation." + name + ": expected " + expected + ". Received " + received
                + ".");
    }
}
