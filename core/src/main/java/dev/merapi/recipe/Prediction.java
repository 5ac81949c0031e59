package dev.merapi.recipe;

/** A class, or another answer, and its probability, 0 to 1. */
public record Prediction(String label, double probability) {
    /** @throws IllegalArgumentException for a probability that is no number, as from weights that are none */
    public Prediction {
        if (Double.isNaN(probability)) {
            throw new IllegalArgumentException("Prediction: expected a probability. Received NaN for \"" + label
                    + "\": the model's weights are damaged, or its training diverged; take an earlier checkpoint.");
        }
    }

    /** Such as {@code cat 91.2 %}. */
    @Override public String toString() { return "%s %.1f %%".formatted(label, 100 * probability); }
}
