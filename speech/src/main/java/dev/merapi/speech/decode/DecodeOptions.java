package dev.merapi.speech.decode;

import dev.merapi.tensor.Expect;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How texts are searched for. A text's score is the sound's, its log-probability, and the words': {@code weight} ·
 * ln p(words) + {@code bonus} · number of words + {@code hotBonus} · number of hot words.
 *
 * <pre>{@code
 * var options = DecodeOptions.of(50).model(model, 0.5, 1).hotWords(Set.of("merapi"), 3);
 * }</pre>
 *
 * @param beam texts that are followed at once; recognisers take 1 as greedy, by the sound alone
 * @param model of words, or null
 * @param weight of the model's natural logarithms
 * @param bonus for each word, since a model favours few
 * @param hotWords words that are favoured, in small letters
 * @param hotBonus for each of them, each time
 * @param ctc CTC's part of the sound's score beside attention's, where a network has both; see {@code LasDecoder}
 */
public record DecodeOptions(int beam, NGramModel model, double weight, double bonus, Set<String> hotWords,
        double hotBonus, double ctc) {
    /** The most probable symbol each time. */
    public static final DecodeOptions GREEDY = of(1);

    /** @throws IllegalArgumentException for a beam below 1, a weight below 0, or a part of CTC not from 0 to below 1 */
    public DecodeOptions {
        Expect.atLeast("DecodeOptions.beam", 1, beam);
        Expect.atLeast("DecodeOptions.weight", 0, weight);
        Expect.fraction("DecodeOptions.ctc", ctc);
        hotWords = hotWords.stream().map(DecodeOptions::small).collect(Collectors.toUnmodifiableSet());
    }

    /** By the sound alone. */
    public static DecodeOptions of(int beam) { return new DecodeOptions(beam, null, 0, 0, Set.of(), 0, 0); }

    /** The same with so many texts at once. */
    public DecodeOptions beam(int texts) {
        return new DecodeOptions(texts, model, weight, bonus, hotWords, hotBonus, ctc);
    }

    /** The same with a language model of words. */
    public DecodeOptions model(NGramModel other, double weight, double bonus) {
        return new DecodeOptions(beam, other, weight, bonus, hotWords, hotBonus, ctc);
    }

    /** The same that favours these words. */
    public DecodeOptions hotWords(Set<String> words, double bonus) {
        return new DecodeOptions(beam, model, weight, this.bonus, words, bonus, ctc);
    }

    /** The same with another part of CTC beside attention. */
    public DecodeOptions ctc(double part) {
        return new DecodeOptions(beam, model, weight, bonus, hotWords, hotBonus, part);
    }

    /** Whether the most probable symbol is taken each time. */
    public boolean isGreedy() { return beam == 1; }

    boolean isHot(String word) { return hotWords.contains(small(word)); }

    private static String small(String word) { return word.toLowerCase(Locale.ROOT); }
}
