package dev.merapi.serve;

import dev.merapi.tensor.Device;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;

/**
 * The models of a server by name. A request uses those that are there when it comes, until it is answered: a model that
 * is opened anew takes the place of the old one for the requests that follow, and the old one is freed after those
 * before.
 */
final class Models implements AutoCloseable {
    /** The models at a time, and who uses them. */
    private record Generation(Map<String, Served<?>> all, Phaser users) {
        Generation(Map<String, Served<?>> all) { this(all, new Phaser(1)); }
    }

    private static final ScopedValue<Generation> MINE = ScopedValue.newInstance();

    private final Map<String, Path> folders = new LinkedHashMap<>();
    private final Device device;
    private final ServeConfig config;
    private final Metrics metrics;
    private volatile Generation current;

    private Models(Device device, ServeConfig config, Metrics metrics) {
        this.device = device;
        this.config = config;
        this.metrics = metrics;
    }

    /** Those of folders. */
    static Models open(List<Path> folders, Device device, ServeConfig config, Metrics metrics) {
        var models = new Models(device, config, metrics);
        var all = new LinkedHashMap<String, Served<?>>();
        models.current = new Generation(all);
        try {
            for (Path folder : folders) {
                var model = Served.open(folder, device, config, metrics);
                models.folders.put(model.name(), folder);
                add(all, model, folder);
                model.adapted().forEach(adapted -> all.put(adapted.name(), adapted));
            }
            return models;
        } catch (RuntimeException e) {
            models.close();
            throw e;
        }
    }

    private static void add(Map<String, Served<?>> all, Served<?> model, Path folder) {
        if (all.putIfAbsent(model.name(), model) == null) return;
        model.close();
        throw new IllegalArgumentException(folder + ": expected folders of different names, which are the models'."
                + " Received two of " + model.name() + "; rename one.");
    }

    /** Does something with the models that are there now, and stay until it is done. */
    void use(Runnable action) {
        var mine = current;
        while (mine.users.register() < 0) mine = current; // has just been replaced
        try {
            ScopedValue.where(MINE, mine).run(action);
        } finally {
            mine.users.arriveAndDeregister();
        }
    }

    /**
     * Opens a model's folder anew, and waits until the old one is no longer used, and freed.
     *
     * @throws Refusal if there is none of this name
     * @throws IllegalArgumentException as {@code Served.open}; the old one goes on then
     */
    synchronized void reload(String name) {
        var old = current;
        var gone = named(old, name.replaceFirst(":.*", "")); // adapters come with their model
        var all = new LinkedHashMap<>(old.all);
        try (var tensors = Executors.newSingleThreadExecutor()) { // they want a platform thread
            var opened = tensors.submit(() -> Served.open(folders.get(gone.name()), device, config, metrics)).get();
            all.put(gone.name(), opened);
            opened.adapted().forEach(adapted -> all.put(adapted.name(), adapted));
            current = new Generation(all);
            old.users.awaitAdvance(old.users.arriveAndDeregister());
            tensors.submit(gone::close).get();
        } catch (InterruptedException e) {
            throw Refusal.closing();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        }
    }

    /** @throws Refusal if there is none of this name */
    Served<?> named(String name) { return named(mine(), name); }

    private static Served<?> named(Generation models, String name) {
        var model = models.all.get(name);
        if (model != null) return model;
        throw new Refusal(404, "model_not_found", "model: expected one of " + models.all.keySet() + ". Received "
                + Inputs.brief(name) + ".");
    }

    private Generation mine() { return MINE.isBound() ? MINE.get() : current; }

    Set<String> names() { return mine().all.keySet(); }

    Collection<Served<?>> all() { return mine().all.values(); }

    @Override public synchronized void close() { current.all.values().forEach(Served::close); }
}
