package dev.merapi.train;

/** Lets what fails on one rank fail on all, so that none waits for ever for another that is gone. */
final class Agreement {
    private final Strategy strategy;
    private boolean told; // the other ranks, of a failure: they are gone

    Agreement(Strategy strategy) { this.strategy = strategy; }

    /** Does something that may fail here. */
    void together(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            tell();
            throw e;
        }
        if (!told && strategy.any(false)) {
            told = true;
            throw new IllegalStateException("Trainer.fit: another rank failed in this step. What went wrong is said"
                    + " there.");
        }
    }

    /** Tells the other ranks, once, that this one fails. */
    void tell() {
        if (told) return;
        told = true;
        strategy.fail();
        try {
            strategy.any(true);
        } catch (RuntimeException e) { // who has failed, or is gone, is in no agreement
        }
    }
}
