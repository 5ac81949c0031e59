package dev.merapi.text.tokenizer;

import java.text.Normalizer;
import java.util.function.Consumer;

/** BERT's words: cleaned text, lower case without accents if wanted, split at white space and around punctuation. */
final class BertWords {
    private BertWords() {}

    static void split(String text, boolean lowerCase, Consumer<String> words) {
        var clean = new StringBuilder(text.length());
        text.codePoints().forEach(c -> clean(c, clean));
        String plain = clean.toString();
        if (lowerCase) {
            plain = Normalizer.normalize(plain, Normalizer.Form.NFD);
            var bare = new StringBuilder(plain.length());
            plain.codePoints().filter(c -> Character.getType(c) != Character.NON_SPACING_MARK)
                    .forEach(c -> lower(c, bare));
            plain = bare.toString();
        }
        int start = 0;
        for (int i = 0, c; i < plain.length(); i += Character.charCount(c)) {
            c = plain.codePointAt(i);
            if (!isSpace(c) && !isPunctuation(c)) continue;
            if (i > start) words.accept(plain.substring(start, i));
            start = i + Character.charCount(c);
            if (isPunctuation(c)) words.accept(plain.substring(i, start));
        }
        if (start < plain.length()) words.accept(plain.substring(start));
    }

    /** Leaves control characters out, and sets Chinese characters apart. */
    private static void clean(int c, StringBuilder out) {
        if (c == 0 || c == 0xFFFD || isControl(c)) return;
        if (isSpace(c)) out.append(' ');
        else if (isChinese(c)) out.append(' ').appendCodePoint(c).append(' ');
        else out.appendCodePoint(c);
    }

    /** Each character alone, as Rust: a sigma at the end of a word is not special. */
    private static void lower(int c, StringBuilder out) {
        if (c == 0x130) out.append("i\u0307");
        else out.appendCodePoint(Character.toLowerCase(c));
    }

    private static boolean isSpace(int c) {
        return Character.isSpaceChar(c) || c >= '\t' && c <= '\r' || c == 0x85;
    }

    private static boolean isControl(int c) {
        if (c == '\t' || c == '\n' || c == '\r') return false;
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE,
                    Character.UNASSIGNED -> true;
            default -> false;
        };
    }

    private static boolean isPunctuation(int c) {
        if (c < 128) return c > ' ' && c < 127 && !Character.isLetterOrDigit(c);
        return switch (Character.getType(c)) {
            case Character.CONNECTOR_PUNCTUATION, Character.DASH_PUNCTUATION, Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION, Character.INITIAL_QUOTE_PUNCTUATION,
                    Character.FINAL_QUOTE_PUNCTUATION, Character.OTHER_PUNCTUATION -> true;
            default -> false;
        };
    }

    /** The blocks of CJK ideographs that BERT's code names. */
    private static boolean isChinese(int c) {
        return c >= 0x4E00 && c <= 0x9FFF || c >= 0x3400 && c <= 0x4DBF || c >= 0x20000 && c <= 0x2A6DF
                || c >= 0x2A700 && c <= 0x2B73F || c >= 0x2B740 && c <= 0x2B81F || c >= 0x2B920 && c <= 0x2CEAF
                || c >= 0xF900 && c <= 0xFAFF || c >= 0x2F800 && c <= 0x2FA1F;
    }
}
