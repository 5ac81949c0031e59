package dev.merapi.text.metric;

import java.util.List;
import java.util.regex.Pattern;

/** Words by the rules of NIST's scripts mteval-v13a and mteval-v14, as sacreBLEU reads them. */
final class Mteval {
    private static final Pattern ASCII = Pattern.compile("[{-~\\[-` -&(-+:-@/]"); // marks but the apostrophe and , - .
    private static final Pattern POINT_AFTER_NO_DIGIT = Pattern.compile("([^0-9])([.,])");
    private static final Pattern POINT_BEFORE_NO_DIGIT = Pattern.compile("([.,])([^0-9])");
    private static final Pattern DASH_AFTER_DIGIT = Pattern.compile("([0-9])-");
    private static final Pattern MARK_AFTER_NO_NUMBER = Pattern.compile("(\\P{N})(\\p{P})");
    private static final Pattern MARK_BEFORE_NO_NUMBER = Pattern.compile("(\\p{P})(\\P{N})");
    private static final Pattern SYMBOL = Pattern.compile("\\p{S}");

    private Mteval() {}

    /** ASCII punctuation stands alone, save points and commas inside numbers. */
    static List<String> v13a(String text) {
        // in this order: &amp;lt; becomes a <, &amp;quot; stays &quot;
        String line = text.replace("<skipped>", "").replace("-\n", "").replace("\n", " ").replace("&quot;", "\"")
                .replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">");
        line = ASCII.matcher(" " + line + " ").replaceAll(" $0 ");
        line = POINT_AFTER_NO_DIGIT.matcher(line).replaceAll("$1 $2 ");
        line = POINT_BEFORE_NO_DIGIT.matcher(line).replaceAll(" $1 $2");
        return Words.of(DASH_AFTER_DIGIT.matcher(line).replaceAll("$1 - "));
    }

    /** Punctuation and symbols of any script stand alone, save inside numbers and after one at the text's end. */
    static List<String> v14(String text) {
        String line = MARK_AFTER_NO_NUMBER.matcher(text).replaceAll("$1 $2 ");
        line = MARK_BEFORE_NO_NUMBER.matcher(line).replaceAll(" $1 $2");
        return Words.of(SYMBOL.matcher(line).replaceAll(" $0 "));
    }
}
