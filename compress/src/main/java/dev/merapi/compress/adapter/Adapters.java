package dev.merapi.compress.adapter;

import dev.merapi.nn.Layer;
import dev.merapi.nn.MatrixLayer;
import dev.merapi.nn.NamePattern;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The LoRAs of a model: small changes of its weights, each trained and saved by itself while the model stays as it is.
 *
 * <pre>{@code
 * var adapters = Adapters.of(model).add("reviews", LoraConfig.of(8).whole("classifier"));
 * trainer.fit(train, test);                             // trains what was added alone
 * adapters.save("reviews", Path.of("reviews-lora"));    // PEFT's files, a few hundred kilobytes
 * }</pre>
 *
 * Several may be there; {@link #use} says whose changes count, without loading anything. {@link #merge} puts them into
 * the weights, so that they cost no time.
 *
 * <p>One thread changes adapters, and nobody asks the model meanwhile.
 */
public final class Adapters {
    private final Layer model;
    private final Map<String, LoraConfig> configs = new LinkedHashMap<>();
    private final Map<String, Map<String, Tensor>> heads = new LinkedHashMap<>(); // of the adapters not in use
    private final Map<String, Tensor> originals = new LinkedHashMap<>(); // of all that some adapter trains whole
    private final Set<Param> frozenBefore;
    private List<String> active = List.of();

    private Adapters(Layer model) {
        this.model = model;
        frozenBefore = model.params().values().stream().filter(p -> !p.isTrainable()).collect(Collectors.toSet());
    }

    /** Of a model without adapters, which stops training. */
    public static Adapters of(Layer model) {
        Expect.that(loras(model).isEmpty(), "Adapters.of", "a model without adapters", "one that has some");
        var adapters = new Adapters(model);
        model.freeze(true);
        return adapters;
    }

    private static Map<String, LoraLinear> loras(Layer model) {
        var loras = new LinkedHashMap<String, LoraLinear>();
        model.layers().forEach((path, layer) -> {
            if (layer instanceof LoraLinear lora) loras.put(path, lora);
        });
        return loras;
    }

    /**
     * Adds a new adapter that changes nothing yet, and uses it alone.
     *
     * @throws IllegalArgumentException if there is one of this name, or the patterns fit none of the model's affine
     *     maps, naming some; nothing has changed then
     */
    public Adapters add(String name, LoraConfig config) {
        Expect.that(name.matches("[A-Za-z0-9_-]+"), "Adapters.add", "a name of letters, digits, _ and -", name);
        Expect.that(!configs.containsKey(name), "Adapters.add", "a new name", name + ", which is there already");
        var targets = targets(config);
        var there = loras(model).keySet();
        model.replace((path, layer) -> targets.contains(path) && !there.contains(path)
                && layer instanceof MatrixLayer base ? new LoraLinear(base) : layer);
        loras(model).forEach((path, lora) -> {
            if (targets.contains(path)) lora.add(name, config);
        });
        configs.put(name, config);
        var active = use().headsOf(config); // as they were
        active.forEach((param, value) -> originals.computeIfAbsent(param, _ -> copy(value)));
        heads.put(name, active);
        return use(name);
    }

    private Set<String> targets(LoraConfig config) {
        var chosen = NamePattern.of(config.targets().toArray(String[]::new));
        var all = affine(model);
        var targets = all.stream().filter(chosen).collect(Collectors.toSet());
        Expect.that(!targets.isEmpty(), "LoraConfig.targets", "patterns that fit some of the model's "
                + all.size() + " affine maps, which end in " + endings(all), config.targets());
        return targets;
    }

    static List<String> affine(Layer model) {
        return model.layers().entrySet().stream()
                .filter(e -> e.getValue() instanceof MatrixLayer && !e.getKey().isEmpty()).map(Map.Entry::getKey)
                .toList();
    }

    static String endings(List<String> paths) {
        return paths.stream().map(Adapters::ending).distinct().limit(12).collect(Collectors.joining(", "));
    }

    static String ending(String path) { return path.substring(path.lastIndexOf('.') + 1); }

    /** A copy of what is trained as a whole. */
    private Map<String, Tensor> headsOf(LoraConfig config) {
        var values = new LinkedHashMap<String, Tensor>();
        whole(config).forEach((name, param) -> values.put(name, copy(param)));
        return values;
    }

    private static Tensor copy(Tensor tensor) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            return tensor.detach().copy().owned();
        }
    }

    Map<String, Param> whole(LoraConfig config) {
        var params = new LinkedHashMap<>(model.params());
        params.keySet().removeIf(name -> config.whole().stream().noneMatch(layer -> name.startsWith(layer + ".")));
        return params;
    }

    /** All adapters, in the order in which they came. */
    public List<String> names() { return List.copyOf(configs.keySet()); }

    /** How an adapter was made. */
    public LoraConfig config(String name) {
        Expect.that(configs.containsKey(name), "Adapters", "one of the adapters " + configs.keySet(), name);
        return configs.get(name);
    }

    /** How many numbers an adapter trains, those of whole layers with them. */
    public long parameterCount(String name) {
        return PeftFiles.tensors(this, name).values().stream().mapToLong(Tensor::numel).sum();
    }

    Layer model() { return model; }

    /**
     * Counts the changes of these adapters alone from now on, added up, and trains them; none is the model as it was.
     * What was merged comes out again. Layers that are trained as a whole are the first one's.
     */
    public Adapters use(String... names) {
        for (String name : names) config(name);
        if (!active.isEmpty()) {
            var old = heads.put(active.getFirst(), headsOf(config(active.getFirst())));
            if (old != null) old.values().forEach(Tensor::close);
        }
        active = List.of(names);
        loras(model).values().forEach(lora -> {
            lora.use(active);
            lora.tell(configs);
        });
        var params = model.params();
        originals.keySet().forEach(name -> params.get(name).requiresGrad_(false));
        fill(params, originals);
        if (active.isEmpty()) return this;
        var head = heads.get(active.getFirst());
        fill(params, head);
        head.keySet().forEach(name -> params.get(name).requiresGrad_(true));
        return this;
    }

    private static void fill(Map<String, Param> params, Map<String, Tensor> values) {
        try (var _ = Torch.noGrad()) {
            values.forEach((name, value) -> params.get(name).copy_(value));
        }
    }

    /** The adapters in use. */
    public List<String> inUse() { return active; }

    /**
     * Puts the changes of the adapters in use into the weights: the same answers without their cost.
     *
     * @throws IllegalArgumentException if weights are quantised
     */
    public Adapters merge() {
        var all = loras(model).values();
        all.forEach(LoraLinear::expectWritable);
        all.forEach(LoraLinear::merge);
        return this;
    }

    /** Takes them out again: the weights have their old bits. */
    public Adapters unmerge() {
        loras(model).values().forEach(LoraLinear::unmerge);
        return this;
    }

    /** The model's tensors but for the adapters', by the names that they have without any. */
    Map<String, Tensor> usualTensors() {
        var tensors = new LinkedHashMap<>(model.tensors());
        loras(model).forEach((path, lora) -> lora.adapters.keySet().forEach(name ->
                tensors.keySet().removeIf(tensor -> tensor.startsWith(path + ".lora." + name + "."))));
        return tensors;
    }

    /** Ends with a usual model, which has the changes of the adapters in use, and trains again as before. */
    public void mergeAndDetach() {
        merge();
        var all = loras(model).values();
        model.replace((_, layer) -> layer instanceof LoraLinear lora ? (Layer) lora.base : layer);
        all.forEach(LoraLinear::release);
        model.freeze(false);
        frozenBefore.forEach(param -> param.requiresGrad_(false));
        configs.clear();
        heads.values().forEach(head -> head.values().forEach(Tensor::close));
        heads.clear();
        originals.values().forEach(Tensor::close);
        originals.clear();
        active = List.of();
    }

    /** Ends with the model as it was. */
    public void detach() {
        use();
        mergeAndDetach();
    }

    /**
     * Saves one adapter as PEFT does: {@code adapter_config.json} and {@code adapter_model.safetensors}.
     *
     * @param baseModel what the adapter belongs to, for those who read it; may be empty
     */
    public void save(String name, Path folder, String baseModel) {
        PeftFiles.save(this, name, folder, baseModel);
    }

    /** The same, which does not say whose adapter it is. */
    public void save(String name, Path folder) { save(name, folder, ""); }

    /** What an adapter trains whole: the model's own while it is in use, else what is kept of it. */
    Map<String, Tensor> wholeOf(String name) {
        boolean there = !active.isEmpty() && active.getFirst().equals(name);
        return there ? new LinkedHashMap<>(whole(config(name))) : heads.get(name);
    }

    /**
     * Adds an adapter that PEFT or {@link #save} wrote, and uses it alone.
     *
     * @throws IllegalArgumentException if it is another kind of adapter, or one of another model: naming each tensor
     *     that is missing, left over or of another shape; nothing has changed then
     */
    public Adapters load(String name, Path folder) {
        var file = PeftFiles.open(folder, model);
        var before = active;
        add(name, file.config());
        try {
            file.loadInto(this, name);
        } catch (RuntimeException e) {
            remove(name);
            use(before.toArray(String[]::new));
            throw e;
        }
        return use(name);
    }

    /** Forgets an adapter. */
    public void remove(String name) {
        config(name);
        use(active.stream().filter(other -> !other.equals(name)).toArray(String[]::new));
        loras(model).values().forEach(lora -> lora.remove(name));
        configs.remove(name);
        heads.remove(name).values().forEach(Tensor::close);
        model.replace((_, layer) -> layer instanceof LoraLinear lora && lora.adapters.isEmpty() ? (Layer) lora.base
                : layer);
    }
}
