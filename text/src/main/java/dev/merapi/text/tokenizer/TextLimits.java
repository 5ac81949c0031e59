package dev.merapi.text.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.merapi.text.tokenizer.Regex.Runs;
import java.util.ArrayList;
import java.util.List;

/**
 * The longest texts that the native library is given. It ends the process where a regular expression steps back too
 * often, and where there is no memory for a text.
 */
final class TextLimits {
    private static final double MAX_STEPS = 5e6; // half of Oniguruma's, which may count others than we do
    private static final int MAX_CHARACTERS = 1 << 25; // the library needs up to 300 bytes for each
    private static final double MAX_MADE = 1 << 27; // of them, by normalizers; few texts grow as the worst do
    private static final int LEAST = 1000; // characters that a tokenizer must take
    private static final String WORDS = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)"
            + "|\\s+"; // GPT-2's, which ByteLevel has built in

    private final List<Search> searches = new ArrayList<>();
    /** How many characters are made of n at most: {@code factor * n + added}. */
    private double factor = 1;
    private double added;
    private boolean spaces = true; // stay as they are in the text
    private int free; // of these lengths, all texts are taken

    private TextLimits() {}

    /** An expression that is looked for in the text as it is then. */
    private record Search(String pattern, Regex regex, double factor, double added, boolean spaces) {
        double steps(Runs runs) {
            return regex.steps(new Runs(size(spaces ? runs.spaces() : runs.all()),
                    size(spaces ? runs.others() : runs.all()), size(runs.all())));
        }

        boolean ends(Runs runs) { return steps(runs) <= MAX_STEPS; } // false also where they are not a number

        private double size(double length) { return factor * length + added; }
    }

    /** @throws IllegalArgumentException if a text of some characters could end the process already */
    static TextLimits ofEncoding(JsonNode tokenizer) {
        var limits = new TextLimits();
        for (var step : TokenizerCheck.steps(tokenizer, "normalizer")) limits.normalizer(step);
        for (var step : TokenizerCheck.steps(tokenizer, "pre_tokenizer")) limits.preTokenizer(step);
        return limits.ready();
    }

    /** As {@link #ofEncoding}, for the text of the tokens that are decoded. */
    static TextLimits ofDecoding(JsonNode tokenizer) {
        var limits = new TextLimits();
        limits.spaces = false;
        for (var step : TokenizerCheck.steps(tokenizer, "decoder")) {
            if (step.path("type").asText().equals("Replace")) limits.replace(step);
        }
        return limits.ready();
    }

    private void normalizer(JsonNode step) {
        switch (step.path("type").asText()) {
            case "NFC", "Lowercase" -> factor *= 3; // what Unicode's longest take
            case "NFD" -> factor *= 4;
            case "NFKC", "NFKD" -> factor *= 18;
            case "BertNormalizer" -> factor *= 12;
            case "Precompiled" -> change(CharsMap.check(TokenizerCheck.charsMap(step)).longest(), 0);
            case "Prepend" -> change(1, step.path("prepend").asText().length());
            case "Replace" -> replace(step);
            case "ByteLevel" -> change(3, 0);
            case "Nmt" -> change(1, 0);
            default -> { } // takes characters away
        }
    }

    private void preTokenizer(JsonNode step) {
        switch (step.path("type").asText()) {
            case "Split" -> search(step.path("pattern"));
            case "ByteLevel" -> {
                if (step.path("use_regex").asBoolean(true)) search(WORDS);
                change(3, 1);
            }
            case "Metaspace" -> change(1, 1);
            default -> { } // finds words without stepping back
        }
    }

    private void replace(JsonNode step) {
        search(step.path("pattern"));
        change(Math.max(1, step.path("content").asText().length()), 0);
    }

    private void change(double factor, double added) {
        this.factor *= factor;
        this.added = this.added * factor + added;
        spaces = false;
    }

    private void search(JsonNode pattern) {
        if (pattern.has("Regex")) search(pattern.get("Regex").asText());
    }

    private void search(String pattern) {
        searches.add(new Search(pattern, RegexParser.parse(pattern), factor, added, spaces));
    }

    private TextLimits ready() {
        int tooMany = MAX_CHARACTERS + 1;
        while (tooMany - free > 1) {
            int middle = (free + tooMany) >>> 1;
            var runs = new Runs(middle, middle, middle);
            if (isFree(runs)) free = middle;
            else tooMany = middle;
        }
        if (free >= LEAST) return this;
        var runs = new Runs(LEAST, LEAST, LEAST);
        throw new IllegalArgumentException(searches.stream().filter(search -> !search.ends(runs)).findFirst()
                .map(s -> "expected regular expressions that are found in a text of " + LEAST + " characters after at"
                + " most " + (long) MAX_STEPS + " steps back. Received " + RegexParser.shown(s.pattern)
                + ", which may take more.")
                .orElse("expected to make at most " + (long) MAX_MADE + " characters of a text of " + LEAST
                + " characters. Received steps that make more."));
    }

    private boolean isFree(Runs runs) {
        return runs.all() <= mostCharacters()
                && searches.stream().allMatch(search -> search.ends(runs));
    }

    private double mostCharacters() { return Math.min(MAX_CHARACTERS, (MAX_MADE - added) / factor); }

    /** @throws IllegalArgumentException if this text could end the process */
    void check(String text) {
        if (text.length() <= free) return;
        var runs = runs(text);
        if (isFree(runs)) return;
        var search = searches.stream().filter(s -> !s.ends(runs)).findFirst().orElse(null);
        if (search == null) throw tooLong(mostCharacters(), text.length());
        throw new IllegalArgumentException(("Tokenizer: expected a text in which %s is found after at most %d steps"
                + " back. Received %d characters, of which %d in a row may be spaces and %d in a row others; encode the"
                + " text in parts.").formatted(RegexParser.shown(search.pattern), (long) MAX_STEPS, text.length(),
                (long) runs.spaces(), (long) runs.others()));
    }

    /** As {@link #check}, for a text of which no more is known. */
    void checkLength(long length) {
        if (length > free) throw tooLong(free, length);
    }

    private static IllegalArgumentException tooLong(double most, long length) {
        return new IllegalArgumentException("Tokenizer: expected a text of at most " + (long) most
                + " characters. Received " + length + "; split it into parts.");
    }

    private static Runs runs(String text) {
        long spaces = 0, others = 0, longestSpaces = 0, longestOthers = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            others = isSpace(c) ? 0 : others + 1;
            spaces = Character.isLetterOrDigit(c) || isSign(c) ? 0 : spaces + 1;
            longestSpaces = Math.max(longestSpaces, spaces);
            longestOthers = Math.max(longestOthers, others);
        }
        return new Runs(longestSpaces, longestOthers, text.length());
    }

    /** What no one takes for another thing. */
    static boolean isSpace(int c) { return c == ' ' || c >= '\t' && c <= '\r'; }

    /** Neither a space, nor what a normalizer may take away between spaces, such as an accent. */
    private static boolean isSign(char c) {
        return switch (Character.getType(c)) {
            case Character.CONNECTOR_PUNCTUATION, Character.DASH_PUNCTUATION, Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION, Character.INITIAL_QUOTE_PUNCTUATION, Character.FINAL_QUOTE_PUNCTUATION,
                    Character.OTHER_PUNCTUATION, Character.MATH_SYMBOL, Character.CURRENCY_SYMBOL,
                    Character.MODIFIER_SYMBOL, Character.OTHER_SYMBOL -> true;
            default -> false;
        };
    }
}
