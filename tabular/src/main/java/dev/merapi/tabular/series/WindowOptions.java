package dev.merapi.tabular.series;

/**
 * How windows are cut from series.
 *
 * @param context steps that a model sees, L
 * @param horizon steps that it foretells, H
 * @param scaling of the values
 */
public record WindowOptions(int context, int horizon, Scaling scaling) {
    /** To a mean of 0 and a deviation of 1. A deviation of 0 counts as 1. */
    public enum Scaling {
        /** By the values of the whole series that is at hand. */
        SERIES,
        /** By the window's context, so that a series may climb out of all that was seen (Kim et al. 2022, RevIN). */
        WINDOW,
        /** As they are. */
        NONE
    }

    public WindowOptions {
        if (context < 1 || horizon < 1) {
            throw new IllegalArgumentException("WindowOptions: expected a context and a horizon of at least 1."
                    + " Received " + context + " and " + horizon);
        }
    }
}
