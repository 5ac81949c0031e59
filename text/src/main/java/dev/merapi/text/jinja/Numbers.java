package dev.merapi.text.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Pattern;

/** Python's numbers: whole ones of any size, a Long where they fit into one, else a BigInteger; and Double. */
final class Numbers {
    private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);
    private static final int BITS = (int) (Limits.DIGITS / Math.log10(2));
    private static final Pattern WHOLE = Pattern.compile("[+-]?\\d++(?:_\\d++)*+");
    private static final Pattern REAL = Pattern.compile(
            "[+-]?(?:(?:\\d++\\.?\\d*+|\\.\\d++)(?:e[+-]?\\d++)?|inf(?:inity)?|nan)", Pattern.CASE_INSENSITIVE);

    private Numbers() {}

    static boolean isNumber(Object value) {
        return isWhole(value) || value instanceof Double || value instanceof Boolean;
    }

    static boolean isWhole(Object value) { return value instanceof Long || value instanceof BigInteger; }

    static Object of(BigInteger n) {
        if (n.compareTo(LEAST) >= 0 && n.compareTo(MOST) <= 0) return n.longValue();
        if (n.bitLength() > BITS) throw tooLong();
        return n;
    }

    private static Wrong tooLong() {
        return new Wrong("expected whole numbers of at most " + Limits.DIGITS + " digits. Received a longer one.");
    }

    static BigInteger big(Object value) {
        return switch (value) {
            case BigInteger n -> n;
            case Long n -> BigInteger.valueOf(n);
            case Boolean b -> b ? BigInteger.ONE : BigInteger.ZERO;
            case Undefined u -> throw u.used();
            case null, default -> throw new Wrong("expected a whole number. Received " + Values.repr(value) + ".");
        };
    }

    /** A whole number that says a place or a size; larger ones than a Long's are as the largest. */
    static long index(Object value) {
        if (value instanceof Long n) return n;
        return big(value).max(LEAST).min(MOST).longValue();
    }

    static double real(Object value) {
        return switch (value) {
            case Double n -> n;
            case Long n -> n;
            case Boolean b -> b ? 1 : 0;
            case BigInteger n -> finite(n.doubleValue());
            case Undefined u -> throw u.used();
            case null, default -> throw new Wrong("expected a number. Received " + Values.repr(value) + ".");
        };
    }

    private static double finite(double value) {
        if (Double.isInfinite(value)) throw new Wrong("a number is too large.");
        return value;
    }

    static BigDecimal exact(Object value) {
        return value instanceof Double n ? new BigDecimal(n) : new BigDecimal(big(value));
    }

    static int compare(Object a, Object b) {
        if (a instanceof Long x && b instanceof Long y) return Long.compare(x, y);
        if (isFinite(a) && isFinite(b)) return exact(a).compareTo(exact(b));
        return Double.compare(real(a), real(b));
    }

    private static boolean isFinite(Object value) { return !(value instanceof Double n) || Double.isFinite(n); }

    static Object calculate(String operator, Object a, Object b) {
        if (a instanceof Double || b instanceof Double) return real(operator, real(a), real(b));
        if (a instanceof Long x && b instanceof Long y) {
            try {
                switch (operator) {
                    case "+" -> { return Math.addExact(x, y); }
                    case "-" -> { return Math.subtractExact(x, y); }
                    case "*" -> { return Math.multiplyExact(x, y); }
                    default -> { }
                }
            } catch (ArithmeticException _) { // goes on with more digits
            }
        }
        return whole(operator, big(a), big(b));
    }

    private static Object whole(String operator, BigInteger x, BigInteger y) {
        return switch (operator) {
            case "+" -> of(x.add(y));
            case "-" -> of(x.subtract(y));
            case "*" -> of(x.multiply(y));
            case "/" -> divided(x, y);
            case "//" -> of(floored(x, y)[0]);
            case "%" -> of(floored(x, y)[1]);
            case "**" -> power(x, y);
            default -> throw new AssertionError(operator);
        };
    }

    private static void checkDivisor(boolean isZero) {
        if (isZero) throw new Wrong("a division by zero.");
    }

    /** The nearest double, also of numbers that are none themselves. */
    private static Object divided(BigInteger x, BigInteger y) {
        checkDivisor(y.signum() == 0);
        if (x.bitLength() <= 53 && y.bitLength() <= 53) return x.doubleValue() / y.doubleValue();
        int scale = Math.max(0, y.bitLength() - x.bitLength() + 2200) / 3; // digits enough for a double's smallest
        return finite(new BigDecimal(x).divide(new BigDecimal(y), scale, RoundingMode.DOWN).doubleValue());
    }

    private static BigInteger[] floored(BigInteger x, BigInteger y) {
        checkDivisor(y.signum() == 0);
        var parts = x.divideAndRemainder(y);
        boolean back = parts[1].signum() != 0 && parts[1].signum() != y.signum();
        return back ? new BigInteger[] {parts[0].subtract(BigInteger.ONE), parts[1].add(y)} : parts;
    }

    private static Object power(BigInteger x, BigInteger y) {
        if (y.signum() < 0) return real("**", finite(x.doubleValue()), y.doubleValue());
        if (x.bitLength() <= 1 && x.abs().bitLength() <= 1) { // -1, 0, 1
            return y.signum() == 0 || x.signum() < 0 && !y.testBit(0) ? (Object) 1L : (Object) x.longValue();
        }
        if (BigInteger.valueOf(x.bitLength() - 1L).multiply(y).compareTo(BigInteger.valueOf(BITS)) > 0) {
            throw tooLong();
        }
        return of(x.pow(y.intValue()));
    }

    private static Object real(String operator, double x, double y) {
        return switch (operator) {
            case "+" -> x + y;
            case "-" -> x - y;
            case "*" -> x * y;
            case "/" -> {
                checkDivisor(y == 0);
                yield x / y;
            }
            case "//" -> floored(x, y);
            case "%" -> remainder(x, y);
            case "**" -> power(x, y);
            default -> throw new AssertionError(operator);
        };
    }

    private static double remainder(double x, double y) {
        checkDivisor(y == 0);
        double rest = x % y;
        if (rest == 0) return Math.copySign(0, y);
        return rest < 0 != y < 0 ? rest + y : rest;
    }

    private static double floored(double x, double y) {
        double quotient = (x - remainder(x, y)) / y;
        double floor = Math.floor(quotient);
        return quotient == 0 ? Math.copySign(0, x / y) : quotient - floor > 0.5 ? floor + 1 : floor;
    }

    private static double power(double x, double y) {
        checkDivisor(x == 0 && y < 0);
        double power = Math.pow(x, y);
        boolean known = !Double.isFinite(x) || !Double.isFinite(y);
        if (!known && Double.isNaN(power)) throw new Wrong("a root of a negative number is none.");
        return known ? power : finite(power);
    }

    static Object negative(Object value) { return value instanceof Double n ? -n : of(big(value).negate()); }

    /** Python's round: half to even, of what the number really is. */
    static Object rounded(Object value, long digits) {
        if (value instanceof Double n && (!Double.isFinite(n) || digits > 400)) return n;
        if (value instanceof Double n && digits < -400) return Math.copySign(0, n);
        if (!(value instanceof Double) && digits >= 0) return of(big(value));
        int scale = Math.clamp(digits, -2 * Limits.DIGITS, 400);
        var result = exact(value).setScale(scale, RoundingMode.HALF_EVEN);
        return value instanceof Double n ? (Object) Math.copySign(result.doubleValue(), n)
                : of(result.toBigIntegerExact());
    }

    /** A text of digits as Python's int reads it; null if it is none. */
    static Object parseWhole(String text, int base) {
        String digits = Texts.strip(text, null, true, true);
        if (base != 10) return parse(digits, base);
        return digits.length() <= Limits.DIGITS && WHOLE.matcher(digits).matches()
                ? of(new BigInteger(digits.replace("_", ""))) : null;
    }

    /** @param base 0 for the one that 0x, 0o or 0b says */
    private static Object parse(String digits, int base) {
        boolean isNegative = digits.startsWith("-");
        String number = digits.startsWith("+") || isNegative ? digits.substring(1) : digits;
        String prefix = Texts.lower(number.substring(0, Math.min(2, number.length())));
        int said = switch (prefix) {
            case "0x" -> 16;
            case "0o" -> 8;
            case "0b" -> 2;
            default -> 0;
        };
        int used = base == 0 ? (said == 0 ? 10 : said) : base;
        String rest = said == used ? number.substring(2) : number;
        boolean valid = !rest.isEmpty() && rest.length() <= Limits.DIGITS
                && rest.chars().allMatch(c -> c < 128 && Character.digit(c, used) >= 0);
        return valid ? of(new BigInteger((isNegative ? "-" : "") + rest, used)) : null;
    }

    /** A text as Python's float reads it; null if it is none. */
    static Double parseReal(String text) {
        String number = Texts.strip(text, null, true, true);
        if (number.length() > Limits.DIGITS) return null;
        if (number.matches(".*\\d_\\d.*")) number = number.replaceAll("(?<=\\d)_(?=\\d)", "");
        if (!REAL.matcher(number).matches()) return null;
        String lower = number.toLowerCase(Locale.ROOT);
        if (lower.endsWith("nan")) return Double.NaN;
        if (lower.contains("inf")) return lower.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        return Double.valueOf(number);
    }

    /** Python's repr of a double. */
    static String text(double n) {
        if (Double.isNaN(n)) return "nan";
        if (Double.isInfinite(n)) return n > 0 ? "inf" : "-inf";
        if (n == 0) return 1 / n > 0 ? "0.0" : "-0.0";
        var decimal = new BigDecimal(Double.toString(n)).stripTrailingZeros();
        int exponent = decimal.precision() - decimal.scale() - 1;
        if (exponent >= -4 && exponent < 16) {
            return decimal.scale() <= 0 ? decimal.toBigInteger() + ".0" : decimal.toPlainString();
        }
        String digits = decimal.unscaledValue().abs().toString();
        return (n < 0 ? "-" : "") + digits.charAt(0) + (digits.length() > 1 ? "." + digits.substring(1) : "")
                + "e" + (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    }
}
