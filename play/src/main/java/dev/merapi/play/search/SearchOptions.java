package dev.merapi.play.search;

import dev.merapi.tensor.Expect;

/**
 * How a {@link SearchTree} is searched.
 *
 * @param exploration how much a move counts that the network believes in and that was tried little: c of PUCT
 * @param noise the Dirichlet distribution's α; about 10 divided by the moves that a position has
 * @param noiseShare of the noise in the probabilities at the root; 0 for none
 */
public record SearchOptions(double exploration, double noise, double noiseShare) {
    /** Without noise, for playing to win. */
    public static final SearchOptions DEFAULT = new SearchOptions(1.5, 1, 0);

    public SearchOptions {
        Expect.positive("SearchOptions.exploration", exploration);
        Expect.positive("SearchOptions.noise", noise);
        Expect.probability("SearchOptions.noiseShare", noiseShare);
    }

    /** The same with noise at the root. */
    public SearchOptions noise(double alpha, double share) { return new SearchOptions(exploration, alpha, share); }
}
