package dev.merapi.play.learn;

import dev.merapi.io.ModelFolder;
import java.nio.file.Path;

/** What a run says of itself. */
final class Begun {
    private Begun() {}

    /**
     * Refuses another environment than the one that a run has learned in.
     *
     * @throws IllegalArgumentException naming both
     */
    static void expectEnv(Path run, String env) {
        Object learned = ModelFolder.config(run).get("env");
        if (env.equals(learned)) return;
        throw new IllegalArgumentException(run + ": expected env=" + learned + ", where this run has learned. Received "
                + env + "; train another run for it.");
    }
}
