package dev.merapi.play.zero;

import dev.merapi.tensor.Tensor;

/** What an AlphaZero run learns from and is measured by. */
sealed interface ZeroBatch {
    /**
     * Positions with what to play and what came of it.
     *
     * @param x (B, P, H, W)
     * @param policy (B, M)
     * @param value (B)
     */
    record Positions(Tensor x, Tensor policy, Tensor value) implements ZeroBatch {
        void close() {
            x.close();
            policy.close();
            value.close();
        }
    }

    /** Games against another player. */
    record Contest() implements ZeroBatch {}
}
