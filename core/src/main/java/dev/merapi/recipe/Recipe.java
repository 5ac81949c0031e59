package dev.merapi.recipe;

import java.nio.file.Path;

/**
 * A training job that can be started by name. Field modules provide theirs in
 * {@code META-INF/services/dev.merapi.recipe.Recipe}; {@link Recipes} finds them.
 *
 * @param <C> its settings: a record whose compact constructor checks ranges, of components as {@link Settings} has
 *     them, so that they can be read from YAML and from {@code key=value}, each with a {@link Describe}
 */
public interface Recipe<C extends Record> {
    /** What a user types: lower case, words joined by hyphens. */
    String name();

    /** One line on the data, the model, and what to expect. */
    String description();

    /** Settings that work as they are. */
    C defaults();

    /** Builds the model (seeded by the settings) and opens nothing else; data is opened when a loader is asked for. */
    Job<?> job(C config);

    /**
     * The job of a run that was begun: what {@link Job#save} wrote is read back from its folder, not made from the data
     * again.
     */
    default Job<?> job(C config, Path run) { return job(config); }

    /**
     * A job with settings over the defaults, as {@code merapi train} takes them: {@code job("epochs=5")}.
     *
     * @param settings as for {@link Settings#override}
     * @throws IllegalArgumentException as {@link Settings#bind}
     */
    default Job<?> job(String... settings) { return Setup.of(this, settings).job(); }
}
