package dev.merapi.speech.model;

import dev.merapi.tensor.Expect;

/**
 * Sizes of {@link ListenAttendSpell}.
 *
 * @param features of a frame
 * @param classes symbols, and 0 for begin and end
 * @param hidden of each direction of the listener
 * @param pyramid layers of the listener, each of which halves time
 * @param width of the speller's state
 * @param attention of the space in which states and frames are compared
 * @param dropout in the listener and before the symbols
 * @param sampled chance that in training the speller goes on from what it wrote itself (Bengio et al. 2015)
 * @param ctc part of a CTC loss on the listener, which teaches it early where symbols lie (Kim et al. 2017)
 */
public record LasConfig(int features, int classes, int hidden, int pyramid, int width, int attention, double dropout,
        double sampled, double ctc) {
    /** @throws IllegalArgumentException for what cannot be */
    public LasConfig {
        Expect.atLeast("LasConfig.features", 1, features);
        Expect.atLeast("LasConfig.classes", 2, classes);
        Expect.atLeast("LasConfig.hidden", 1, hidden);
        Expect.that(pyramid >= 1 && pyramid <= 4, "LasConfig.pyramid", "1 to 4", pyramid);
        Expect.atLeast("LasConfig.width", 1, width);
        Expect.atLeast("LasConfig.attention", 1, attention);
        Expect.fraction("LasConfig.dropout", dropout);
        Expect.probability("LasConfig.sampled", sampled);
        Expect.fraction("LasConfig.ctc", ctc);
    }

    /** The paper's sizes: three layers of 256, a speller of 512; no CTC. */
    public static LasConfig paper(int features, int classes) {
        return new LasConfig(features, classes, 256, 3, 512, 128, 0.1, 0.1, 0);
    }

    /** For an hour of speech and a few processor cores. */
    public static LasConfig small(int features, int classes) {
        return new LasConfig(features, classes, 160, 2, 192, 128, 0.2, 0.1, 0.5);
    }
}
