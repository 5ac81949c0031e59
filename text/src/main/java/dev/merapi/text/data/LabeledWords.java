package dev.merapi.text.data;

import java.util.List;

/**
 * A text of words, each with its label, such as {@code B-PER} or {@code O}.
 *
 * @param words in order
 * @param labels as many
 */
public record LabeledWords(List<String> words, List<String> labels) {
    public LabeledWords {
        words = List.copyOf(words);
        labels = List.copyOf(labels);
        if (words.size() != labels.size()) {
            throw new IllegalArgumentException("LabeledWords: expected a label for each of " + words.size()
                    + " words. Received " + labels.size() + ".");
        }
    }
}
