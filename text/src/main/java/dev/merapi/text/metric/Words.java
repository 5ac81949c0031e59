package dev.merapi.text.metric;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Texts cut at white space, that of any script, as the reference programs' language (Python) sees it. */
final class Words {
    private static final String SPACES = "[\\p{IsWhite_Space}\\x1c-\\x1f]+";
    private static final Pattern BETWEEN = Pattern.compile(SPACES);
    private static final Pattern AT_END = Pattern.compile(SPACES + "\\z");

    private Words() {}

    static List<String> of(String text) { return Stream.of(BETWEEN.split(text)).filter(w -> !w.isEmpty()).toList(); }

    /** Code points, each a text of its own. */
    static List<String> characters(String text) {
        return text.codePoints().mapToObj(Character::toString).toList();
    }

    static String withoutSpaces(String text) { return BETWEEN.matcher(text).replaceAll(""); }

    static String stripTrailing(String text) { return AT_END.matcher(text).replaceFirst(""); }
}
