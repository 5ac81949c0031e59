package dev.merapi.serve;

import dev.merapi.tensor.Device;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The models of a server by name. */
final class Models implements AutoCloseable {
    private final Map<String, Served<?>> all = new LinkedHashMap<>();

    /** Those of folders. */
    static Models open(List<Path> folders, Device device, ServeConfig config, Metrics metrics) {
        var models = new Models();
        try {
            for (Path folder : folders) models.add(Served.open(folder, device, config, metrics), folder);
            return models;
        } catch (RuntimeException e) {
            models.close();
            throw e;
        }
    }

    private void add(Served<?> model, Path folder) {
        if (all.putIfAbsent(model.name(), model) == null) return;
        model.close();
        throw new IllegalArgumentException(folder + ": expected folders of different names, which are the models'."
                + " Received two of " + model.name() + "; rename one.");
    }

    /** @throws Refusal if there is none of this name */
    Served<?> named(String name) {
        var model = all.get(name);
        if (model != null) return model;
        throw new Refusal(404, "model_not_found", "model: expected one of " + names() + ". Received " + name + ".");
    }

    Set<String> names() { return all.keySet(); }

    Collection<Served<?>> all() { return all.values(); }

    @Override public void close() { all.values().forEach(Served::close); }
}
