package dev.merapi.text.constrain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.merapi.tensor.Expect;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;

import static dev.merapi.text.constrain.Grammar.any;
import static dev.merapi.text.constrain.Grammar.choice;
import static dev.merapi.text.constrain.Grammar.optional;
import static dev.merapi.text.constrain.Grammar.range;
import static dev.merapi.text.constrain.Grammar.repeat;
import static dev.merapi.text.constrain.Grammar.text;
import static dev.merapi.text.constrain.Grammar.then;

/** What JSON's simple values look like. */
final class JsonTexts {
    private static final int MOST_INDENT = 20, MOST_DIGITS = 15; // more digits no double can tell apart

    /** Nothing, a space, or a line's end and an indent: endless space is no text. */
    static final Grammar SPACE = choice(Grammar.EMPTY, text(" "), then(text("\n"), repeat(any(" "), 0, MOST_INDENT)));
    static final Grammar COMMA = then(text(","), SPACE);
    static final Grammar COLON = then(text(":"), SPACE);

    private static final Grammar DIGIT = range('0', '9');
    private static final Grammar FRACTION = then(text("."), repeat(DIGIT, 1, MOST_DIGITS));
    private static final Grammar INTEGER = then(optional(text("-")),
            choice(text("0"), then(range('1', '9'), repeat(DIGIT, 0, MOST_DIGITS - 1))));

    /** A number without bounds. */
    static final Grammar NUMBER = then(INTEGER, optional(FRACTION),
            optional(then(any("eE"), optional(any("+-")), range('0', '9'), optional(DIGIT))));

    private static final Grammar TAIL = range(0x80, 0xBF); // of a character of several bytes
    private static final Grammar HEX = any("0123456789abcdefABCDEF");
    private static final Grammar CHARACTER = character();

    private JsonTexts() {}

    /** A character in a text: as it is, in UTF-8, or escaped; no halves of surrogate pairs. */
    private static Grammar character() {
        var plain = range(0x20, 0x7E);
        plain.set.clear('"');
        plain.set.clear('\\');
        return choice(plain,
                then(range(0xC2, 0xDF), TAIL),
                then(range(0xE0, 0xE0), range(0xA0, 0xBF), TAIL),
                then(choice(range(0xE1, 0xEC), range(0xEE, 0xEF)), TAIL, TAIL),
                then(range(0xED, 0xED), range(0x80, 0x9F), TAIL),
                then(range(0xF0, 0xF0), range(0x90, 0xBF), TAIL, TAIL),
                then(range(0xF1, 0xF3), TAIL, TAIL, TAIL),
                then(range(0xF4, 0xF4), range(0x80, 0x8F), TAIL, TAIL),
                then(text("\\"), choice(any("\"\\/bfnrt"), then(text("u"), choice(
                        then(any("0123456789abcefABCEF"), HEX), then(any("dD"), range('0', '7'))), HEX, HEX))));
    }

    /** A text of so many characters. */
    static Grammar string(int least, int most) {
        Expect.that(least <= most, "JsonSchema.minLength", "at most maxLength, " + most, least);
        return then(text("\""), repeat(CHARACTER, least, most), text("\""));
    }

    /** This very value. */
    static Grammar literal(JsonNode value) { return text(value.toString()); }

    static Grammar literal(String value) { return literal(TextNode.valueOf(value)); }

    /** A number within what a schema says. */
    static Grammar number(JsonNode schema, String where, boolean whole) {
        BigDecimal from = bound(schema, "minimum", where), to = bound(schema, "maximum", where);
        BigDecimal above = bound(schema, "exclusiveMinimum", where), below = bound(schema, "exclusiveMaximum", where);
        if (from == null && to == null && above == null && below == null) return whole ? INTEGER : NUMBER;
        BigInteger most = BigInteger.TEN.pow(MOST_DIGITS);
        BigInteger low = most.negate(), high = most;
        if (from != null) low = low.max(from.setScale(0, RoundingMode.CEILING).toBigInteger());
        if (above != null) low = low.max(above.setScale(0, RoundingMode.FLOOR).toBigInteger().add(BigInteger.ONE));
        if (to != null) high = high.min(to.setScale(0, RoundingMode.FLOOR).toBigInteger());
        if (below != null) high = high.min(below.setScale(0, RoundingMode.CEILING).toBigInteger().subtract(
                BigInteger.ONE));
        Expect.that(low.compareTo(high) <= 0, where, "bounds with a whole number between them", schema);
        var ways = new ArrayList<Grammar>();
        if (low.signum() < 0) {
            ways.add(then(text("-"), between(high.min(BigInteger.ONE.negate()).negate(), low.negate())));
        }
        if (high.signum() >= 0) {
            ways.add(between(low.max(BigInteger.ZERO), high));
            BigInteger last = high.subtract(BigInteger.ONE);
            boolean broken = !whole && last.compareTo(low.max(BigInteger.ZERO)) >= 0;
            if (broken) ways.add(then(between(low.max(BigInteger.ZERO), last), FRACTION));
        }
        return choice(ways);
    }

    private static BigDecimal bound(JsonNode schema, String key, String where) {
        if (!schema.has(key)) return null;
        boolean good = schema.get(key).isNumber() && Double.isFinite(schema.get(key).doubleValue());
        Expect.that(good, where + "." + key, "a number", schema.get(key));
        return schema.get(key).decimalValue();
    }

    /** Whole numbers from one to another, from 0. */
    private static Grammar between(BigInteger from, BigInteger to) {
        var ways = new ArrayList<Grammar>();
        String low = from.toString(), high = to.toString();
        for (int digits = low.length(); digits <= high.length(); digits++) {
            String least = digits == low.length() ? low : "1" + "0".repeat(digits - 1);
            String most = digits == high.length() ? high : "9".repeat(digits);
            ways.add(between(least, most));
        }
        return choice(ways);
    }

    /** Of as many digits each. */
    private static Grammar between(String from, String to) {
        if (from.isEmpty()) return Grammar.EMPTY;
        boolean all = from.chars().allMatch(digit -> digit == '0') && to.chars().allMatch(digit -> digit == '9');
        if (all) return repeat(DIGIT, from.length(), from.length()); // else a choice in a choice for each digit
        char a = from.charAt(0), b = to.charAt(0);
        String low = from.substring(1), high = to.substring(1);
        if (a == b) return then(range(a, a), between(low, high));
        String zeros = "0".repeat(low.length()), nines = "9".repeat(low.length());
        var ways = new ArrayList<Grammar>();
        ways.add(then(range(a, a), between(low, nines)));
        ways.add(then(range(b, b), between(zeros, high)));
        if (a + 1 < b) ways.add(then(range(a + 1, b - 1), between(zeros, nines)));
        return choice(ways);
    }
}
