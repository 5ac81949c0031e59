package dev.merapi.nn;

import dev.merapi.tensor.Expect;
import java.nio.file.Path;
import java.util.Map;
import java.util.ServiceLoader;

/**
 * Small changes of one model, such as LoRAs, each in a folder of its own, of which one or none counts at a time.
 *
 * <pre>{@code
 * var adapters = AdapterSwitch.open(model, Map.of("polite", Path.of("polite-lora")));
 * adapters.use("polite");
 * adapters.use("");                            // the model as it was
 * }</pre>
 */
public interface AdapterSwitch extends AutoCloseable {
    /** Counts the changes of one alone from now on; of an empty name none. Nobody asks the model meanwhile. */
    void use(String name);

    /** Takes all adapters away: the model is what it was. */
    @Override void close();

    /** Modules provide theirs in {@code META-INF/services/dev.merapi.nn.AdapterSwitch$Maker}. */
    interface Maker {
        /**
         * Puts adapters beside a model's layers; none counts yet.
         *
         * @param folders by the adapters' names
         * @throws IllegalArgumentException if one is none of this model
         */
        AdapterSwitch open(Layer model, Map<String, Path> folders);
    }

    /**
     * As {@link Maker#open}.
     *
     * @throws IllegalArgumentException if no module on the class path has adapters, too
     */
    static AdapterSwitch open(Layer model, Map<String, Path> folders) {
        return ServiceLoader.load(Maker.class).findFirst().orElseThrow(() -> Expect.error("AdapterSwitch", "a module"
                + " with adapters on the class path", "none", "add merapi-compress")).open(model, folders);
    }
}
