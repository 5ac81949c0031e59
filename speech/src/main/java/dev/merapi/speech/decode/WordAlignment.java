package dev.merapi.speech.decode;

import java.util.ArrayList;
import java.util.List;

/**
 * How a text became another, with the fewest changes (Levenshtein 1966): what stayed, what was mistaken, left out and
 * put in.
 *
 * <pre>{@code
 * var words = WordAlignment.of("press the pound key", "press a pound key now");
 * IO.println(words.rate() + "\n" + words);          // 0.5, then the two texts below each other
 * }</pre>
 *
 * @param pairs in order
 */
public record WordAlignment(List<Pair> pairs) {
    /**
     * A part of both texts.
     *
     * @param said empty where something was put in
     * @param heard empty where something was left out
     */
    public record Pair(String said, String heard) {
        /** Whether both are the same. */
        public boolean isRight() { return said.equals(heard); }
    }

    /** Copies the list. */
    public WordAlignment { pairs = List.copyOf(pairs); }

    /** Of words between spaces. */
    public static WordAlignment of(String said, String heard) { return of(words(said), words(heard)); }

    /** Of characters. */
    public static WordAlignment ofCharacters(String said, String heard) {
        return of(characters(said), characters(heard));
    }

    private static List<String> words(String text) {
        return text.isBlank() ? List.of() : List.of(text.strip().split("\\s+"));
    }

    private static List<String> characters(String text) {
        return text.strip().replaceAll("\\s+", " ").codePoints().mapToObj(Character::toString).toList();
    }

    private static WordAlignment of(List<String> said, List<String> heard) {
        int rows = said.size(), columns = heard.size();
        var costs = new int[rows + 1][columns + 1];
        for (int i = 0; i <= rows; i++) {
            for (int j = 0; j <= columns; j++) {
                if (i == 0 || j == 0) costs[i][j] = i + j;
                else costs[i][j] = Math.min(costs[i - 1][j - 1] + (said.get(i - 1).equals(heard.get(j - 1)) ? 0 : 1),
                        1 + Math.min(costs[i - 1][j], costs[i][j - 1]));
            }
        }
        var pairs = new ArrayList<Pair>();
        for (int i = rows, j = columns; i > 0 || j > 0;) {
            boolean both = i > 0 && j > 0 && costs[i][j] == costs[i - 1][j - 1]
                    + (said.get(i - 1).equals(heard.get(j - 1)) ? 0 : 1);
            boolean left = both || i > 0 && costs[i][j] == costs[i - 1][j] + 1;
            boolean put = both || !left;
            pairs.add(new Pair(left ? said.get(i - 1) : "", put ? heard.get(j - 1) : ""));
            if (left) i--;
            if (put) j--;
        }
        return new WordAlignment(pairs.reversed());
    }

    /** Parts that were said. */
    public int said() { return (int) pairs.stream().filter(pair -> !pair.said().isEmpty()).count(); }

    /** Mistaken, left out and put in. */
    public int errors() { return (int) pairs.stream().filter(pair -> !pair.isRight()).count(); }

    /** Parts mistaken for another. */
    public int substitutions() {
        return (int) pairs.stream().filter(p -> !p.isRight() && !p.said().isEmpty() && !p.heard().isEmpty()).count();
    }

    /** Parts left out. */
    public int deletions() { return (int) pairs.stream().filter(pair -> pair.heard().isEmpty()).count(); }

    /** Parts put in. */
    public int insertions() { return (int) pairs.stream().filter(pair -> pair.said().isEmpty()).count(); }

    /** Errors for each part said; of words the word error rate. NaN if nothing was said. */
    public double rate() { return said() == 0 ? Double.NaN : (double) errors() / said(); }

    /** Both texts below each other, stars where there is nothing, and S, D or I below each error. */
    @Override public String toString() {
        var lines = List.of(new StringBuilder("said  "), new StringBuilder("heard "), new StringBuilder("      "));
        for (var pair : pairs) {
            int width = Math.max(1, Math.max(pair.said().length(), pair.heard().length()));
            String mark = pair.isRight() ? "" : pair.said().isEmpty() ? "I" : pair.heard().isEmpty() ? "D" : "S";
            append(lines.get(0), pair.said().isEmpty() ? "*".repeat(width) : pair.said(), width);
            append(lines.get(1), pair.heard().isEmpty() ? "*".repeat(width) : pair.heard(), width);
            append(lines.get(2), mark, width);
        }
        return String.join("\n", lines.stream().map(line -> line.toString().stripTrailing()).toList());
    }

    private static void append(StringBuilder line, String text, int width) {
        line.append(text).append(" ".repeat(width - text.length() + 1));
    }
}
