package dev.merapi.protect.masking;

import java.util.Locale;
import java.util.stream.Collectors;

/** What stands in place of a value, by the {@link Way}. */
record MaskedValue(MaskKey key, boolean dayFirst) {
    private static final String BAR = "█████";

    /**
     * A value masked.
     *
     * @param person whose value it is, by which dates are shifted
     */
    String of(String type, String value, Way way, String person) {
        return switch (way) {
            case Way.Redact _ -> BAR;
            case Way.ByType _ -> byType(type);
            case Way.KeepLast(int count) -> keepLast(value, count);
            case Way.Hash _ -> type + "_" + key.hash(type, normal(type, value));
            case Way.Encrypt _ -> Encryption.encrypt(type, value, key).orElse(byType(type));
            case Way.Generalise generalise -> generalised(type, value, generalise);
            case Way.ShiftDates(int days) -> WrittenDate.parse(value, dayFirst)
                    .map(date -> date.shifted(key.days(person, days))).orElse(byType(type));
            case Way.Keep _ -> value;
        };
    }

    static String byType(String type) { return "[" + type.toUpperCase(Locale.ROOT) + "]"; }

    private static String keepLast(String value, int count) {
        long all = value.codePoints().filter(Character::isLetterOrDigit).count();
        long hidden = all >= 2L * count ? all - count : all;
        var masked = new StringBuilder();
        for (int c : value.codePoints().toArray()) {
            masked.appendCodePoint(Character.isLetterOrDigit(c) && hidden-- > 0 ? '*' : c);
        }
        return masked.toString();
    }

    /** One writing for all of a value: letters and digits for numbers, small letters and single spaces for words. */
    private static String normal(String type, String value) {
        return switch (type) {
            case "phone", "card", "iban", "resident_id", "passport" -> CheckDigits.bare(value).toUpperCase(Locale.ROOT);
            default -> value.strip().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
        };
    }

    private String generalised(String type, String value, Way.Generalise way) {
        if (way.band() > 0) return band(type, value.strip(), way.band());
        if (way.prefix() > 0) {
            String start = value.strip().codePoints().limit(way.prefix()).mapToObj(Character::toString)
                    .collect(Collectors.joining());
            return start.length() < value.strip().length() ? start + "*" : byType(type);
        }
        return switch (type) {
            case "date" -> WrittenDate.parse(value, dayFirst).map(date -> "" + date.date().getYear())
                    .orElse(byType(type));
            case "email" -> "*" + value.substring(value.indexOf('@'));
            case "ip" -> value.indexOf(':') < 0 ? value.replaceFirst("\\.\\d+\\.\\d+$", ".*.*")
                    : value.replaceFirst("^([0-9A-Fa-f]*:[0-9A-Fa-f]*).*", "$1:*");
            case "iban" -> value.substring(0, 2) + "*";
            case "phone" -> value.startsWith("+") ? value.replaceFirst("^(\\+\\d{1,3}).*", "$1*") : byType(type);
            default -> byType(type);
        };
    }

    /** Such as {@code [30-40)}. */
    private static String band(String type, String value, double width) {
        try {
            double from = Math.floor(Double.parseDouble(value.replace(',', '.')) / width) * width;
            return "[" + number(from) + "-" + number(from + width) + ")";
        } catch (NumberFormatException e) {
            return byType(type);
        }
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15 ? "" + (long) value : "" + value;
    }
}
