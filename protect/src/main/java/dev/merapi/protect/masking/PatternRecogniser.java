package dev.merapi.protect.masking;

import dev.merapi.tensor.Expect;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What a regular expression matches and a check confirms.
 *
 * @param pattern the finding is its group 1, where it has one
 * @param check on what was matched, such as its check digit
 * @param words of which one must stand shortly before, or in the context; none needed if empty. Lower case
 */
record PatternRecogniser(String type, Pattern pattern, Predicate<String> check, Set<String> words)
        implements Recogniser {
    private static final int NEAR = 40; // characters before a match in which a word is looked for

    static PatternRecogniser of(String type, String pattern, Predicate<String> check) {
        return new PatternRecogniser(type, Pattern.compile(pattern), check, Set.of());
    }

    /** The same where one of these words is near. */
    PatternRecogniser near(Set<String> someWords) { return new PatternRecogniser(type, pattern, check, someWords); }

    @Override public List<Finding> find(String text, String context) {
        List<Finding> found = null; // most texts have none
        var matcher = pattern.matcher(text);
        int group = matcher.groupCount() > 0 ? 1 : 0;
        while (matcher.find()) {
            int start = matcher.start(group);
            if (start < 0 || start == matcher.end(group) || !check.test(matcher.group(group))
                    || !isNear(words, text, start, context)) continue;
            if (found == null) found = new ArrayList<>();
            found.add(new Finding(type, start, matcher.end(group)));
        }
        return found == null ? List.of() : found;
    }

    /** Whether one of some words stands shortly before a place, or in the context. */
    static boolean isNear(Set<String> words, String text, int at, String context) {
        if (words.isEmpty()) return true;
        String before = text.substring(Math.max(0, at - NEAR), at).toLowerCase(Locale.ROOT);
        String around = context.toLowerCase(Locale.ROOT);
        return words.stream().anyMatch(word -> has(before, word) || has(around, word));
    }

    /** Whether a word is in a text, and not a part of another; Chinese has no spaces. */
    private static boolean has(String text, String word) {
        for (int at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
            int end = at + word.length();
            boolean whole = !isLetter(text, at - 1) && !isLetter(text, end);
            if (whole || Character.isIdeographic(word.charAt(0))) return true;
        }
        return false;
    }

    private static boolean isLetter(String text, int at) {
        return at >= 0 && at < text.length() && Character.isLetter(text.charAt(at));
    }

    PatternRecogniser {
        Expect.that(type.matches("[a-z][a-z0-9_]*"), "Recogniser", "a type of small letters, digits and _", type);
    }
}
