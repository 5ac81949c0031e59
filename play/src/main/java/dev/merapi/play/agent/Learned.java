package dev.merapi.play.agent;

import dev.merapi.tensor.Tensor;

/**
 * Rows of what was played, with what the critic makes of them.
 *
 * @param seen (R, …)
 * @param actions encoded, (R, W)
 * @param masks (R, M) 1 for what is legal; null where all is
 * @param advantages (R)
 * @param returns (R)
 * @param values (R), when they were played
 */
record Learned(Tensor seen, Tensor actions, Tensor masks, Tensor advantages, Tensor returns, Tensor values) {
    /** Some rows. */
    Learned rows(Tensor at) {
        return new Learned(seen.indexSelect(0, at), actions.indexSelect(0, at),
                masks == null ? null : masks.indexSelect(0, at), advantages.indexSelect(0, at),
                returns.indexSelect(0, at), values.indexSelect(0, at));
    }

    /** The same of what else was seen. */
    Learned seen(Tensor other) { return new Learned(other, actions, masks, advantages, returns, values); }
}
