package dev.merapi.bench;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Texts of made-up words, for models of random weights. */
public final class Words {
    private static final String CONSONANTS = "bcdfghjklmnprstvwz", VOWELS = "aeiou";

    private Words() {}

    /** A text of so many words; always the same for a seed. */
    public static String text(long seed, int words) {
        var random = new SplittableRandom(seed);
        return IntStream.range(0, words).mapToObj(_ -> word(random)).collect(Collectors.joining(" "));
    }

    /** Several texts. */
    public static List<String> texts(long seed, int count, int words) {
        return LongStream.range(0, count).mapToObj(i -> text(1000 * seed + i, words)).toList();
    }

    private static String word(SplittableRandom random) {
        return IntStream.rangeClosed(0, random.nextInt(1, 3)).mapToObj(_ -> ""
                + CONSONANTS.charAt(random.nextInt(CONSONANTS.length())) + VOWELS.charAt(random.nextInt(5)))
                .collect(Collectors.joining());
    }
}
