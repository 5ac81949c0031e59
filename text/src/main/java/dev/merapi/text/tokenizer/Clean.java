package dev.merapi.text.tokenizer;

import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** Steps that clean a text; several in a row: {@code Clean.all(List.of(Clean.STRIP_HTML, Clean.LOWER_CASE))}. */
public enum Clean implements UnaryOperator<String> {
    /** Small letters, whatever the machine's language. */
    LOWER_CASE {
        @Override public String apply(String text) { return text.toLowerCase(Locale.ROOT); }
    },
    /** A space for each HTML tag or comment, such as {@code <br />}. */
    STRIP_HTML {
        @Override public String apply(String text) { return TAG.matcher(text).replaceAll(" "); }
    },
    /** Letters without their marks: e for é. */
    STRIP_ACCENTS {
        @Override public String apply(String text) {
            var bare = MARK.matcher(Normalizer.normalize(text, Form.NFD)).replaceAll("");
            return Normalizer.normalize(bare, Form.NFC);
        }
    },
    /** No punctuation and no ASCII symbols, and nothing in their place, as in Keras: {@code dont}. */
    STRIP_PUNCTUATION {
        @Override public String apply(String text) { return PUNCTUATION.matcher(text).replaceAll(""); }
    },
    /** One space for white space of any kind and length, none at the ends. */
    SQUEEZE_SPACES {
        @Override public String apply(String text) { return SPACE.matcher(text).replaceAll(" ").strip(); }
    },
    /** Unicode's composed form: one code point for a letter and its accent. */
    NFC {
        @Override public String apply(String text) { return Normalizer.normalize(text, Form.NFC); }
    },
    /** The composed form with look-alikes made equal: wide letters, ligatures, superscripts. */
    NFKC {
        @Override public String apply(String text) { return Normalizer.normalize(text, Form.NFKC); }
    };

    private static final Pattern TAG = Pattern.compile("(?s)<!--.*?-->|</?[A-Za-z][^<>]*>");
    private static final Pattern MARK = Pattern.compile("\\p{Mn}+");
    private static final Pattern PUNCTUATION = Pattern.compile("[\\p{P}\\p{Punct}]+");
    private static final Pattern SPACE = Pattern.compile("\\p{IsWhite_Space}+");

    /** These steps in this order. */
    public static UnaryOperator<String> all(List<Clean> steps) {
        return text -> {
            for (var step : steps) text = step.apply(text);
            return text;
        };
    }
}
