package dev.merapi.text.jinja;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.regex.Pattern;

/**
 * How a value is formatted: {@code >+08,.2f}.
 *
 * @param align {@code <}, {@code >}, {@code ^} or {@code =}; 0 for what is usual
 * @param sign {@code +}, {@code -} or a space
 * @param zeros whether zeros fill up between sign and digits
 * @param grouping {@code ,}, {@code _} or nothing
 * @param precision below 0 for what is usual
 */
record FormatSpec(char align, char fill, char sign, boolean alternate, boolean zeros, long width, String grouping,
        long precision) {
    private static final Pattern SPEC = Pattern.compile("(?:(?<fill>.)?(?<align>[<>=^]))?(?<sign>[-+ ])?"
            + "(?<alternate>#)?(?<zeros>0)?(?<width>\\d*+)(?<grouping>[,_])?(?:\\.(?<precision>\\d++))?(?<type>.)?",
            Pattern.DOTALL);

    /** A number of digits or columns. */
    static long size(String digits) { return digits.length() > 9 ? Limits.TEXT + 1 : Long.parseLong(digits); }

    /** As Python's format(value, spec). */
    static String format(Object value, String text) {
        var m = SPEC.matcher(text);
        if (!m.matches()) throw new Wrong("expected a format such as >8.2f. Received " + text + ".");
        String align = m.group("align");
        String fill = m.group("fill");
        String precision = m.group("precision");
        var spec = new FormatSpec(align == null ? 0 : align.charAt(0), fill == null ? ' ' : fill.charAt(0),
                m.group("sign") == null ? '-' : m.group("sign").charAt(0), m.group("alternate") != null,
                m.group("zeros") != null && align == null,
                m.group("width").isEmpty() ? 0 : size(m.group("width")),
                m.group("grouping") == null ? "" : m.group("grouping"), precision == null ? -1 : size(precision));
        return spec.format(value, m.group("type") == null ? 0 : m.group("type").charAt(0), text);
    }

    private String format(Object value, char type, String text) {
        if (zeros && !grouping.isEmpty()) throw new Wrong("a format: expected no zeros with groups. Received " + text);
        if (value instanceof String || value instanceof Markup || text.isEmpty()) {
            if (type != 0 && type != 's' || align == '=') throw wrong(text, "a text");
            return text(Values.text(value));
        }
        if (value instanceof Boolean && type == 0) return text(Values.text(value));
        if (!Numbers.isNumber(value)) throw wrong(text, Values.repr(value));
        return switch (type) {
            case 0 -> value instanceof Double n ? usual(n) : whole(value, 'd');
            case 'd', 'b', 'o', 'x', 'X' -> {
                if (value instanceof Double) throw wrong(text, Values.repr(value));
                yield whole(value, type);
            }
            case 'e', 'E', 'f', 'F', 'g', 'G', '%' -> real(value, type);
            default -> throw wrong(text, Values.repr(value));
        };
    }

    private static Wrong wrong(String text, String value) {
        return new Wrong("the format " + text + " does not suit " + value + ".");
    }

    private String usual(double n) {
        if (precision < 0) return number(Numbers.text(n), "");
        String general = significant(Math.abs(n), Math.max(1, precision), precision - 1);
        boolean bare = general.chars().allMatch(Character::isDigit);
        return number((n < 0 ? "-" : "") + general + (bare ? ".0" : ""), "");
    }

    String text(String s) {
        String cut = precision >= 0 && precision < Texts.length(s) ? s.substring(0, Texts.offset(s, precision)) : s;
        return filled(cut, zeros && align == 0 ? '0' : fill, align == 0 ? '<' : align);
    }

    String whole(Object value, char type) {
        int base = switch (type) {
            case 'b' -> 2;
            case 'o' -> 8;
            case 'x', 'X' -> 16;
            default -> 10;
        };
        var n = Numbers.big(value);
        String digits = n.abs().toString(base);
        if (precision > digits.length()) {
            digits = new Output().repeat("0", precision - digits.length()).append(digits).toString();
        }
        String prefix = alternate && base != 10 ? "0" + type : "";
        return number((n.signum() < 0 ? "-" : "") + (type == 'X' ? Texts.upper(digits) : digits), prefix);
    }

    String real(Object value, char type) {
        double n = Numbers.real(value);
        char lower = Character.toLowerCase(type);
        if (precision > Limits.DIGITS) {
            throw new Wrong("expected a precision of at most " + Limits.DIGITS + ". Received " + precision + ".");
        }
        String digits;
        if (!Double.isFinite(n)) digits = Double.isNaN(n) ? "nan" : "inf";
        else if (lower == 'g') digits = significant(Math.abs(n), precision < 0 ? 6 : Math.max(1, precision));
        else if (lower == 'e') digits = scientific(Math.abs(n), (int) (precision < 0 ? 6 : precision));
        else digits = new BigDecimal(Math.abs(n)).scaleByPowerOfTen(type == '%' ? 2 : 0)
                    .setScale((int) (precision < 0 ? 6 : precision), RoundingMode.HALF_EVEN).toPlainString();
        if (Character.isUpperCase(type)) digits = Texts.upper(digits);
        boolean isNegative = !Double.isNaN(n) && (n < 0 || 1 / n < 0);
        return number((isNegative ? "-" : "") + digits + (type == '%' ? "%" : ""), "");
    }

    private static String scientific(double n, int digits) {
        if (n == 0) return digits == 0 ? "0e+00" : "0." + "0".repeat(digits) + "e+00";
        var rounded = new BigDecimal(n).round(new MathContext(digits + 1, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - rounded.scale() - 1;
        String all = rounded.unscaledValue().toString();
        all += "0".repeat(Math.max(0, digits + 1 - all.length()));
        return all.charAt(0) + (digits == 0 ? "" : "." + all.substring(1, digits + 1)) + exponent(exponent);
    }

    private static String exponent(int exponent) {
        int size = Math.abs(exponent);
        return (exponent < 0 ? "e-" : "e+") + (size < 10 ? "0" : "") + size;
    }

    private static String significant(double n, long digits) { return significant(n, digits, digits); }

    /**
     * So many digits, without zeros at the end; with an exponent where the number is very small, or has more than
     * {@code most} of them before the point.
     */
    private static String significant(double n, long digits, long most) {
        if (n == 0) return "0";
        var rounded = new BigDecimal(n).round(new MathContext((int) digits, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - rounded.scale() - 1;
        var bare = rounded.stripTrailingZeros();
        if (exponent >= -4 && exponent < most) return bare.toPlainString();
        String all = bare.unscaledValue().toString();
        return all.charAt(0) + (all.length() > 1 ? "." + all.substring(1) : "") + exponent(exponent);
    }

    /** Sign, grouped digits, and fill. */
    private String number(String text, String prefix) {
        boolean isNegative = text.startsWith("-");
        String digits = grouped(isNegative ? text.substring(1) : text);
        String before = (isNegative ? "-" : sign == '-' ? "" : String.valueOf(sign)) + prefix;
        if (zeros || align == '=') {
            String between = zeros ? "0" : String.valueOf(fill);
            return new Output().append(before).repeat(between, width - before.length() - digits.length())
                    .append(digits).toString();
        }
        return filled(before + digits, fill, align == 0 ? '>' : align);
    }

    private String filled(String s, char with, char where) {
        long missing = Math.max(0, width - Texts.length(s));
        long left = where == '<' ? 0 : where == '^' ? missing / 2 : missing;
        return Texts.padded(s, String.valueOf(with), left, missing - left);
    }

    private String grouped(String digits) {
        if (grouping.isEmpty()) return digits;
        int end = 0;
        while (end < digits.length() && Character.isDigit(digits.charAt(end))) end++;
        var out = new StringBuilder(digits);
        for (int i = end - 3; i > 0; i -= 3) out.insert(i, grouping);
        return out.toString();
    }
}
