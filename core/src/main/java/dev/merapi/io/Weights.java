package dev.merapi.io;

import dev.merapi.nn.Layer;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Saved tensors by name: one safetensors file, the shards that an index file names, a checkpoint of PyTorch, or a map.
 * None is read before it is asked for.
 *
 * <pre>{@code
 * var file = Weights.open(Path.of("bert-base"));
 * Tensor words = file.tensor("bert.embeddings.word_embeddings.weight");
 * file.under("bert.").loadInto(encoder);
 * }</pre>
 */
public final class Weights {
    private static final String TORCH = "pytorch_model.bin"; // in a model folder

    private static final Mismatch NO_MISMATCH = new Mismatch(List.of(), List.of(), Map.of());

    private final String where;
    private final Map<String, Place> places;
    private final Map<String, String> metadata;

    /** Where one tensor is. */
    private interface Place {
        DType dtype();

        long[] shape();

        Tensor tensor();

        default Tensor first(long count) { return LazyTensor.first(tensor(), count); }

        /** Writes the values into a tensor of any type and device. */
        default void copyTo(Tensor target) { target.copy_(tensor()); }
    }

    private record InFile(SafetensorsFile file, String name) implements Place {
        @Override public DType dtype() { return file.dtype(name); }

        @Override public long[] shape() { return file.shape(name); }

        @Override public Tensor tensor() { return file.tensor(name); }

        @Override public void copyTo(Tensor target) { file.copyTo(name, target); }
    }

    private record InTorchFile(TorchFile file, String name) implements Place {
        @Override public DType dtype() { return file.dtype(name); }

        @Override public long[] shape() { return file.shape(name); }

        @Override public Tensor tensor() { return file.tensor(name); }

        @Override public void copyTo(Tensor target) { file.copyTo(name, target); }
    }

    private record InMemory(Tensor tensor) implements Place {
        @Override public DType dtype() { return tensor.dtype(); }

        @Override public long[] shape() { return tensor.shape(); }
    }

    private record Lazy(LazyTensor lazy) implements Place {
        @Override public DType dtype() { return lazy.dtype(); }

        @Override public long[] shape() { return lazy.shape(); }

        @Override public Tensor tensor() { return lazy.values().get(); }

        @Override public Tensor first(long count) { return lazy.first().apply(count); }
    }

    private Weights(String where, Map<String, Place> places, Map<String, String> metadata) {
        this.where = where;
        this.places = places;
        this.metadata = metadata;
    }

    /**
     * Opens a safetensors file, an index of shards ({@code .json}), a checkpoint of PyTorch ({@code .pth}, {@code .pt},
     * {@code .bin}, a zip archive), or the one of them that lies in a model folder: the whole file before shards, and
     * both before {@code pytorch_model.bin}.
     *
     * <p>A checkpoint of PyTorch is a program. It is not run: of one that would make anything but tensors, texts and
     * numbers in dicts, lists and tuples, nothing is read. Where a state dict lies within, its names begin with the
     * keys around it, as in {@code model.fc.weight}.
     *
     * @throws UncheckedIOException if a file cannot be read
     * @throws IllegalArgumentException if a file is not complete, a shard lacks a tensor that the index promises, or a
     *     checkpoint of PyTorch asks for anything else, saying what
     */
    public static Weights open(Path path) {
        if (Files.isDirectory(path)) {
            return open(Stream.of(Shards.WHOLE, Shards.INDEX, TORCH).map(path::resolve).filter(Files::exists)
                    .findFirst().orElse(path.resolve(Shards.WHOLE)));
        }
        var places = new LinkedHashMap<String, Place>();
        if (path.toString().endsWith(".json")) {
            var shards = Shards.open(path);
            shards.fileOf().forEach((name, file) -> places.put(name, new InFile(file, name)));
            return new Weights(path.toString(), places, shards.metadata());
        }
        if (TorchFile.isOne(path)) {
            var file = TorchFile.open(path);
            file.names().forEach(name -> places.put(name, new InTorchFile(file, name)));
            return new Weights(path.toString(), places, file.metadata());
        }
        var file = SafetensorsFile.open(path);
        file.names().forEach(name -> places.put(name, new InFile(file, name)));
        return new Weights(path.toString(), places, file.metadata());
    }

    /** Tensors in memory, such as those another format was read into. They stay whose they are. */
    public static Weights of(Map<String, Tensor> tensors) {
        var places = new LinkedHashMap<String, Place>();
        tensors.forEach((name, tensor) -> places.put(name, new InMemory(tensor)));
        return new Weights("The map of tensors", places, Map.of());
    }

    /**
     * Tensors that another format makes when they are asked for.
     *
     * @param where what they are read from, for messages
     */
    public static Weights of(String where, Map<String, LazyTensor> tensors) {
        var places = new LinkedHashMap<String, Place>();
        tensors.forEach((name, tensor) -> places.put(name, new Lazy(tensor)));
        return new Weights(where, places, Map.of());
    }

    /** Only the names that begin with {@code prefix}, without it. */
    public Weights under(String prefix) {
        return renamed(name -> name.startsWith(prefix) ? name.substring(prefix.length()) : null);
    }

    /**
     * The same tensors under other names; a name that becomes null is left out.
     *
     * @throws IllegalArgumentException if two names become one
     */
    public Weights renamed(UnaryOperator<String> rename) {
        var renamed = new LinkedHashMap<String, Place>();
        places.forEach((old, place) -> {
            String name = rename.apply(old);
            if (name != null && renamed.putIfAbsent(name, place) != null) {
                throw new IllegalArgumentException(where + ": expected one tensor for each new name. Received a second"
                        + " for " + name + ", the old " + old);
            }
        });
        return new Weights(where, renamed, metadata);
    }

    /** These tensors, and those of {@code others} whose names are not among them: such as a new head on an old body. */
    public Weights or(Weights others) {
        var all = new LinkedHashMap<>(others.places);
        all.putAll(places);
        return new Weights(where, all, metadata);
    }

    /** Names of all tensors. */
    public Set<String> names() { return Collections.unmodifiableSet(places.keySet()); }

    /** The type of a tensor, which is not read for it. */
    public DType dtype(String name) { return find(name).dtype(); }

    /** The shape of a tensor, which is not read for it. */
    public long[] shape(String name) { return find(name).shape(); }

    /** A tensor as a view of its file, in the innermost scope; one in memory is itself. */
    public Tensor tensor(String name) { return find(name).tensor(); }

    /**
     * A tensor's first numbers (count), or all if they are fewer: of a file that is decoded, no others are. They tell
     * it from others, and may be in another order than in {@link #tensor}.
     */
    public Tensor first(String name, long count) { return find(name).first(count); }

    /** The free text that was saved with the tensors; {@link Provenance#from} reads ours. */
    public Map<String, String> metadata() { return Collections.unmodifiableMap(metadata); }

    /** Where they are from, for messages. */
    @Override public String toString() { return where; }

    /** Writes a tensor's values into another of its shape, converted to its type. */
    void copyTo(String name, Tensor target) { find(name).copyTo(target); }

    private Place find(String name) {
        var place = places.get(name);
        if (place != null) return place;
        throw new IllegalArgumentException(where + ": there is no tensor " + name + nearest(name, names()));
    }

    /**
     * Copies every tensor into the layer's of the same name; types are converted, devices kept. A tensor that the layer
     * uses twice may stand under either of its names, or both. One on {@link Device#META} gets memory for it, of its
     * own type, on {@link Torch#device}: so a model can be built without memory, and the largest that fits be loaded.
     *
     * <pre>{@code
     * Linear digits;
     * try (var _ = Torch.on(Device.META, DType.BFLOAT16)) {
     *     digits = new Linear(784, 10);
     * }
     * Weights.open(Path.of("digits.safetensors")).loadInto(digits);
     * }</pre>
     *
     * Where the weights are of a model that was {@linkplain dev.merapi.nn.Change changed} after it was built, such as
     * pruned, the same is done to this one first.
     *
     * @throws IllegalArgumentException listing every name that is missing, left over, or of another shape; nothing is
     *     loaded then
     */
    public void loadInto(Layer layer) {
        change(layer);
        expectFit(layer);
        LayerLoader.copy(this, layer, NO_MISMATCH);
    }

    /**
     * Does to a layer what had been done to the model of these weights after it was built, as {@link #loadInto} does,
     * and reads nothing.
     *
     * @throws IllegalArgumentException if it is another model, or was changed otherwise
     */
    public void change(Layer layer) {
        if (Changes.isIn(metadata)) Changes.make(layer, metadata, where);
    }

    /** Refuses what {@link #loadInto} would, and reads nothing. */
    public void expectFit(Layer layer) {
        var mismatch = LayerLoader.compare(this, layer);
        if (!mismatch.isEmpty()) throw new IllegalArgumentException(mismatch.describe(where, layer));
    }

    /** Copies the tensors that fit, and returns the rest. */
    public Mismatch loadMatching(Layer layer) {
        var mismatch = LayerLoader.compare(this, layer);
        LayerLoader.copy(this, layer, mismatch);
        return mismatch;
    }

    /**
     * Where a file and a layer differ.
     *
     * @param missing names of the layer that the file lacks
     * @param unexpected names of the file that the layer lacks
     * @param unfit what differs, for names that both have: the shape, or numbers of a kind that the layer cannot hold
     */
    public record Mismatch(List<String> missing, List<String> unexpected, Map<String, String> unfit) {
        private static final int GUESSES = 100_000; // comparisons of two names: a guess among more takes seconds

        /** Whether everything fitted. */
        public boolean isEmpty() { return missing.isEmpty() && unexpected.isEmpty() && unfit.isEmpty(); }

        private String describe(String where, Layer layer) {
            var text = new StringBuilder(where + " does not fit " + layer.getClass().getSimpleName() + ":");
            missing.forEach(name -> text.append("\n  missing    " + name + guess(name, unexpected)));
            unexpected.forEach(name -> text.append("\n  unexpected " + name + guess(name, missing)));
            unfit.forEach((name, problem) -> text.append("\n  unfit      " + name + ": " + problem));
            return text.append("\n" + advice()).toString();
        }

        private String guess(String name, List<String> others) {
            return (long) missing.size() * unexpected.size() > GUESSES ? "" : nearest(name, others);
        }

        private String advice() {
            String prefix = prefix();
            return prefix == null ? "Build the model with the settings it was saved with, or take what fits by"
                    + " Weights.loadMatching." : "All names of the model are there behind \"" + prefix
                    + "\": take them by Weights.under.";
        }

        /** What all names of the model have before them in the file, or null. */
        private String prefix() {
            if (missing.isEmpty()) return null;
            var there = Set.copyOf(unexpected);
            var candidates = new ArrayList<String>();
            for (String name : unexpected) {
                if (name.endsWith("." + missing.getFirst())) {
                    candidates.add(name.substring(0, name.length() - missing.getFirst().length()));
                }
            }
            return candidates.stream().filter(p -> missing.stream().allMatch(name -> there.contains(p + name)))
                    .findFirst().orElse(null);
        }
    }

    private static String nearest(String name, Collection<String> candidates) {
        return candidates.isEmpty() ? "" : " (nearest: " + Nearest.to(name, candidates) + ")";
    }
}
