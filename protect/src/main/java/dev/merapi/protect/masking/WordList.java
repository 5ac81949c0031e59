package dev.merapi.protect.masking;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/**
 * Words of a resource, a line each.
 *
 * @param sure words that mean nothing else
 * @param doubtful words that are more than this, such as the name Grace; a question mark is behind them in the file
 */
record WordList(Set<String> sure, Set<String> doubtful) {
    static WordList of(String resource) {
        var sure = new HashSet<String>();
        var doubtful = new HashSet<String>();
        try (var in = new BufferedReader(new InputStreamReader(WordList.class.getResourceAsStream(resource),
                StandardCharsets.UTF_8))) {
            in.lines().forEach(line -> {
                if (line.endsWith("?")) doubtful.add(line.substring(0, line.length() - 1));
                else sure.add(line);
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new WordList(Set.copyOf(sure), Set.copyOf(doubtful));
    }

    boolean has(String word) { return sure.contains(word) || doubtful.contains(word); }
}
