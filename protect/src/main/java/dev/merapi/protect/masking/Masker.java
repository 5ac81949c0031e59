package dev.merapi.protect.masking;

import dev.merapi.protect.masking.MaskRules.ColumnRule;
import dev.merapi.tensor.Expect;
import java.util.List;
import java.util.function.Consumer;

/**
 * Masks personal data in texts.
 *
 * <pre>{@code
 * var masker = Masker.of(MaskRules.DEFAULT, MaskKey.random());
 * IO.println(masker.mask("Write to ann.lee@example.com"));                    // Write to [EMAIL]
 * }</pre>
 *
 * Several threads may use one.
 */
public final class Masker {
    private final MaskRules rules;
    private final MaskKey key;
    private final MaskedValue masked;
    private final Recogniser recogniser;

    private Masker(MaskRules rules, MaskKey key, List<Recogniser> more) {
        Expect.that(key.isLasting() || !rules.encrypts(), "Masker", "a key of your own where values are encrypted, for"
                + " they are decrypted with it", "none");
        this.rules = rules;
        this.key = key;
        masked = new MaskedValue(key, rules.dayFirst());
        recogniser = new Recognisers(rules, more);
    }

    /**
     * By rules and a key.
     *
     * @param more recognisers beside the rules', such as a {@link ModelRecogniser}
     * @throws IllegalArgumentException if values are to be encrypted by a random key
     */
    public static Masker of(MaskRules rules, MaskKey key, Recogniser... more) {
        return new Masker(rules, key, List.of(more));
    }

    /** A text masked. */
    public String mask(String text) { return mask(text, "", "", _ -> { }); }

    /** Where personal data are in a text, in order, none over another; those that are allowed are left out. */
    public List<Finding> find(String text, String context) {
        var found = recogniser.find(text, context);
        if (rules.allow().isEmpty() || found.isEmpty()) return found;
        return found.stream().filter(one -> !rules.allow().contains(text.substring(one.start(), one.end()))).toList();
    }

    /**
     * A text masked.
     *
     * @param context what is known of it from outside, such as the name of its column
     * @param person by whom dates are shifted
     * @param seen hears of each value its type, and not the value
     */
    String mask(String text, String context, String person, Consumer<String> seen) {
        var found = find(text, context);
        if (found.isEmpty()) return text;
        var result = new StringBuilder();
        int from = 0;
        for (var one : found) {
            result.append(text, from, one.start());
            result.append(value(one.type(), text.substring(one.start(), one.end()), rules.wayOf(one.type()), person,
                    seen));
            from = one.end();
        }
        return result.append(text, from, text.length()).toString();
    }

    /** A value of a table's column. */
    String mask(String value, String column, ColumnRule rule, String person, Consumer<String> seen) {
        if (rule.type() == null) return mask(value, column, person, seen);
        var way = rule.way() == null ? rules.wayOf(rule.type()) : rule.way();
        if (way instanceof Way.Keep || isMissing(value) || rules.allow().contains(value)) return value;
        return value(rule.type(), value, way, person, seen);
    }

    private String value(String type, String value, Way way, String person, Consumer<String> seen) {
        String result = masked.of(type, value, way, person);
        boolean replaced = way instanceof Way.Encrypt && result.equals(MaskedValue.byType(type));
        seen.accept(replaced ? type + " (replaced, not encrypted)" : type);
        return result;
    }

    /** What a value of a column was before it was encrypted; one that was not encrypted is as it is. */
    String unmask(String value, ColumnRule rule) {
        if (rule.type() == null || isMissing(value)) return value;
        var way = rule.way() == null ? rules.wayOf(rule.type()) : rule.way();
        return way instanceof Way.Encrypt ? Encryption.decrypt(rule.type(), value, key).orElse(value) : value;
    }

    private static boolean isMissing(String value) {
        return value.isBlank() || List.of("NA", "N/A", "n/a", "NaN", "null", "NULL", "None", "?").contains(value);
    }

    MaskRules rules() { return rules; }
}
