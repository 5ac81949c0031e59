package dev.merapi.recipe;

import java.util.List;
import java.util.stream.Collectors;

/** A class, or another answer, and its probability, 0 to 1. */
public record Prediction(String label, double probability) {
    /** @throws IllegalArgumentException for a probability that is no number, as from weights that are none */
    public Prediction {
        if (Double.isNaN(probability)) {
            throw new IllegalArgumentException("Prediction: expected a probability. Received NaN for \"" + label
                    + "\": the model's weights are damaged, or its training diverged; take an earlier checkpoint.");
        }
    }

    /** The first {@code top} of some in a line: {@code cat 91.2 %, dog 5.0 %}. */
    public static String line(List<Prediction> predictions, int top) {
        return predictions.stream().limit(top).map(Prediction::toString).collect(Collectors.joining(", "));
    }

    @Override public String toString() { return "%s %.1f %%".formatted(label, 100 * probability); }
}
