package dev.merapi.protect.masking;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.crypto.fpe.FPEFF1Engine;
import org.bouncycastle.crypto.params.FPEParameters;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * Encryption that keeps the form: a digit becomes a digit, a small letter a small letter, a Chinese character another;
 * what is neither letter nor digit stays. The values of a form are numbered, and FF1 (NIST SP 800-38G, over bits, with
 * AES) permutes the numbers; one past the last is encrypted again (cycle walking, Black and Rogaway 2002).
 *
 * <p>A form of less than a million values, such as four digits, is refused: who sees it encrypted could guess it. So is
 * one with a letter of an alphabet that is not known here.
 */
final class FormatPreserving {
    private static final BigInteger FEWEST = BigInteger.valueOf(1_000_000);
    private static final int FEWEST_BITS = 20; // of which there are a million and more

    private static final List<Alphabet> ALPHABETS = List.of(new Alphabet('0', '9'), new Alphabet('a', 'z'),
            new Alphabet('A', 'Z'), new Alphabet('ß', 'ö'), new Alphabet('ø', 'ÿ'), new Alphabet('À', 'Ö'),
            new Alphabet('Ø', 'Þ'), new Alphabet('\u4e00', '\u9fa5'));

    private final KeyParameter key;

    private record Alphabet(char first, char last) {
        int size() { return last - first + 1; }

        boolean has(char c) { return c >= first && c <= last; }
    }

    /** @param key of AES: 16, 24 or 32 bytes */
    FormatPreserving(byte[] key) { this.key = new KeyParameter(key); }

    /**
     * The value encrypted, or decrypted.
     *
     * @param tweak what values are encrypted apart by, such as their type
     * @return empty for a form that is refused
     */
    Optional<String> apply(boolean encrypt, String value, String tweak) {
        var alphabets = value.chars().mapToObj(c -> alphabet((char) c)).toList();
        BigInteger count = BigInteger.ONE, number = BigInteger.ZERO;
        for (int i = 0; i < value.length(); i++) {
            var alphabet = alphabets.get(i);
            if (alphabet == null && Character.isLetterOrDigit(value.charAt(i))) return Optional.empty();
            if (alphabet == null) continue;
            var size = BigInteger.valueOf(alphabet.size());
            count = count.multiply(size);
            number = number.multiply(size).add(BigInteger.valueOf(value.charAt(i) - alphabet.first));
        }
        if (count.compareTo(FEWEST) < 0) return Optional.empty();
        return Optional.of(written(value, alphabets, walked(encrypt, number, count, tweak)));
    }

    private static Alphabet alphabet(char c) {
        return ALPHABETS.stream().filter(alphabet -> alphabet.has(c)).findFirst().orElse(null);
    }

    private static String written(String value, List<Alphabet> alphabets, BigInteger number) {
        var written = new StringBuilder(value);
        for (int i = value.length() - 1; i >= 0; i--) {
            var alphabet = alphabets.get(i);
            if (alphabet == null) continue;
            var parts = number.divideAndRemainder(BigInteger.valueOf(alphabet.size()));
            written.setCharAt(i, (char) (alphabet.first + parts[1].intValue()));
            number = parts[0];
        }
        return written.toString();
    }

    private BigInteger walked(boolean encrypt, BigInteger number, BigInteger count, String tweak) {
        int length = Math.max(FEWEST_BITS, count.subtract(BigInteger.ONE).bitLength());
        var ff1 = new FPEFF1Engine();
        ff1.init(encrypt, new FPEParameters(key, 2, tweak.getBytes(StandardCharsets.UTF_8)));
        do {
            var bits = new byte[length];
            for (int i = 0; i < length; i++) bits[i] = (byte) (number.testBit(length - 1 - i) ? 1 : 0);
            ff1.processBlock(bits, 0, length, bits, 0);
            number = BigInteger.ZERO;
            for (int i = 0; i < length; i++) if (bits[i] == 1) number = number.setBit(length - 1 - i);
        } while (number.compareTo(count) >= 0);
        return number;
    }
}
