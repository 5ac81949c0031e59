package dev.merapi.vision.detect;

import dev.merapi.vision.Box;

/**
 * A box in which a model believes to see a thing.
 *
 * @param label its class, counted from 0
 * @param score how sure the model is, 0 to 1
 */
public record ScoredBox(Box box, int label, double score) {
    /** @throws IllegalArgumentException for a score that is no number, as from weights that are none */
    public ScoredBox {
        if (Double.isNaN(score)) {
            throw new IllegalArgumentException("ScoredBox: expected a score. Received NaN: the model's weights are"
                    + " damaged, or its training diverged; take an earlier checkpoint.");
        }
    }
}
