package dev.merapi.protect.privacy;

import dev.merapi.tensor.Expect;
import dev.merapi.train.Listener;

/** Chooses the noise when the number of steps is known. */
record PrivacyListener(Private privacy) implements Listener {
    @Override public void start(Start start) {
        if (!Double.isNaN(privacy.noise())) return;
        privacy.plan(start.steps().orElseThrow(() -> Expect.error("Private", "a number of steps, for which the noise is"
                + " chosen", "a training without an end", "; give the noise, or Trainer.steps")) - start.step());
    }
}
