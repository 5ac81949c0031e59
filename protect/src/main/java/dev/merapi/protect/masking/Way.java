package dev.merapi.protect.masking;

import dev.merapi.tensor.Expect;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** How a value is masked. */
public sealed interface Way {
    /** A bar of five blocks, which tells neither type nor length. */
    record Redact() implements Way {}

    /** The type in brackets: {@code [EMAIL]}. */
    record ByType() implements Way {}

    /** Stars for all letters and digits but the last; of a value that has not twice as many, for all. */
    record KeepLast(int count) implements Way {
        public KeepLast { Expect.atLeast("keep_last", 1, count); }
    }

    /** A keyed hash (HMAC with SHA-256) behind the type: {@code email_k3xv7qpa2mzd}. Equal values get equal ones. */
    record Hash() implements Way {}

    /**
     * Encryption that keeps the form (NIST's FF1), to be undone with the key. Values with less than a million forms,
     * and numbers with wrong check digits, are replaced by their type instead.
     */
    record Encrypt() implements Way {}

    /**
     * Less exact: of a number its band, as {@code [30-40)}; of a date its year; of an e-mail its domain; of an IP its
     * network; of a phone number and an IBAN the beginning; of others the type, or some first characters.
     *
     * @param band width of a number's band; 0 for none
     * @param prefix first characters that stay; 0 for none
     */
    record Generalise(double band, int prefix) implements Way {
        public Generalise {
            Expect.that(band >= 0 && Double.isFinite(band), "band", "a width of at least 0", band);
            Expect.atLeast("prefix", 0, prefix);
        }
    }

    /** Of a date another: by up to so many days before or after, the same number for all dates of a person. */
    record ShiftDates(int days) implements Way {
        public ShiftDates { Expect.atLeast("shift_days", 1, days); }
    }

    /** Left as it is. */
    record Keep() implements Way {}

    /**
     * As it is written in rules: {@code redact}, {@code type}, {@code hash}, {@code encrypt}, {@code generalise},
     * {@code keep}, or {@code keep_last: 4}, {@code band: 10}, {@code prefix: 2}, {@code shift_days: 90}.
     *
     * @throws IllegalArgumentException if it is none of them
     */
    static Way of(Object written) {
        if (written instanceof Map<?, ?> map && map.size() == 1) {
            var only = map.entrySet().iterator().next();
            return of(only.getKey().toString(), only.getValue());
        }
        return switch (String.valueOf(written).toLowerCase(Locale.ROOT)) {
            case "redact" -> new Redact();
            case "type" -> new ByType();
            case "hash", "hmac" -> new Hash();
            case "encrypt" -> new Encrypt();
            case "generalise" -> new Generalise(0, 0);
            case "keep" -> new Keep();
            default -> throw unknown(written);
        };
    }

    private static Way of(String name, Object value) {
        double number;
        try {
            number = Double.parseDouble(String.valueOf(value));
        } catch (NumberFormatException e) {
            throw Expect.error(name, "a number", value);
        }
        Expect.that(name.equals("band") || number == Math.rint(number) && Math.abs(number) < 1e6, name,
                "a whole number", value);
        return switch (name) {
            case "keep_last" -> new KeepLast((int) number);
            case "band" -> new Generalise(number, 0);
            case "prefix" -> new Generalise(0, (int) number);
            case "shift_days" -> new ShiftDates((int) number);
            default -> throw unknown(name);
        };
    }

    private static IllegalArgumentException unknown(Object written) {
        return Expect.error("way", Set.of("redact", "type", "hash", "encrypt", "generalise", "keep") + " or"
                + " {keep_last: 4},"
                + " {band: 10}, {prefix: 2}, {shift_days: 90}", written);
    }
}
