package dev.merapi.speech.data;

import java.util.regex.Pattern;

/** Figures in English words. */
public final class Numerals {
    private static final Pattern FIGURES = Pattern.compile("\\d+");
    private static final String[] SMALL = ("zero one two three four five six seven eight nine ten eleven twelve"
            + " thirteen fourteen fifteen sixteen seventeen eighteen nineteen").split(" ");
    private static final String[] TENS = ". . twenty thirty forty fifty sixty seventy eighty ninety".split(" ");

    private Numerals() {}

    /** A text with its whole numbers below a million spelt, and longer ones digit by digit. */
    public static String spell(String text) {
        return FIGURES.matcher(text).replaceAll(match -> words(match.group()));
    }

    private static String words(String figures) {
        if (figures.length() <= 6 && (figures.length() == 1 || !figures.startsWith("0"))) {
            return words(Integer.parseInt(figures));
        }
        var digits = new StringBuilder();
        for (char digit : figures.toCharArray()) digits.append(' ').append(SMALL[digit - '0']);
        return digits.substring(1);
    }

    private static String words(int n) {
        if (n < 20) return SMALL[n];
        if (n < 100) return TENS[n / 10] + (n % 10 == 0 ? "" : " " + SMALL[n % 10]);
        if (n < 1000) return SMALL[n / 100] + " hundred" + (n % 100 == 0 ? "" : " " + words(n % 100));
        return words(n / 1000) + " thousand" + (n % 1000 == 0 ? "" : " " + words(n % 1000));
    }
}
