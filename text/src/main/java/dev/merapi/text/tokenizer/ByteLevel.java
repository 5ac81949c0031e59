package dev.merapi.text.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** GPT-2's way to text as bytes: a visible character for each of the 256, and words that keep the space before them. */
final class ByteLevel {
    /** GPT-2's expression, with Rust's meaning of white space. */
    private static final Pattern WORD = Pattern.compile(
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"
                    .replace("[^\\s", "[^\\p{IsWhite_Space}").replace("\\s", "\\p{IsWhite_Space}")
                    .replace("\\S", "\\P{IsWhite_Space}"));
    private static final char[] SIGNS = signs();
    private static final Map<Character, Integer> BYTES = IntStream.range(0, 256).boxed()
            .collect(Collectors.toMap(octet -> SIGNS[octet], octet -> octet));

    private ByteLevel() {}

    static void split(String text, Consumer<String> words) {
        var matcher = WORD.matcher(text);
        while (matcher.find()) words.accept(matcher.group());
    }

    /** A word with a character for each of its bytes in UTF-8. */
    static String signs(String word) {
        var bytes = word.getBytes(StandardCharsets.UTF_8);
        var signs = new char[bytes.length];
        for (int i = 0; i < bytes.length; i++) signs[i] = SIGNS[bytes[i] & 0xFF];
        return new String(signs);
    }

    /** The bytes that a token's characters stand for. */
    static byte[] bytes(String token) {
        var bytes = new byte[token.length()];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) BYTES.getOrDefault(token.charAt(i), 0).intValue();
        return bytes;
    }

    /** All 256 characters, sorted. */
    static List<String> alphabet() {
        return new String(SIGNS).chars().sorted().mapToObj(Character::toString).toList();
    }

    /** Bytes that are visible in Latin-1 stand for themselves, the others are moved to 256 and on. */
    private static char[] signs() {
        var signs = new char[256];
        int moved = 256;
        for (int b = 0; b < 256; b++) {
            boolean visible = b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
            signs[b] = (char) (visible ? b : moved++);
        }
        return signs;
    }
}
