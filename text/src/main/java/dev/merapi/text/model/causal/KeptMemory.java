package dev.merapi.text.model.causal;

import dev.merapi.io.LazyTensor;
import dev.merapi.io.Safetensors;
import dev.merapi.io.SafetensorsFile;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.causal.KvMemory.Known;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The beginnings that texts share, in a safetensors file between two starts: their tokens (N, BLOCK), the block before
 * each (N), from 0, or -1, and what is kept of keys and values (N, G, BLOCK, W) in each layer.
 */
final class KeptMemory {
    private static final Logger LOG = Logger.getLogger(KeptMemory.class.getName());
    private static final String TOKENS = "tokens", BEFORE = "before", MODEL = "model", CHECK = "sha256";
    private static final int BLOCK = KvMemory.BLOCK;

    private KeptMemory() {}

    /**
     * Writes what others than the first have begun with. What goes wrong is logged: nothing but time is lost.
     *
     * @param model whose memory it is, to the bit
     */
    static void save(KvMemory memory, String model, Path file) {
        var blocks = memory.shared();
        var places = new IdentityHashMap<Known, Long>();
        for (int i = 0; i < blocks.size(); i++) places.put(blocks.get(i), (long) i);
        long[] tokens = blocks.stream().flatMapToLong(block -> Arrays.stream(block.tokens())).toArray();
        long[] before = blocks.stream().mapToLong(block -> places.getOrDefault(block.before(), -1L)).toArray();
        var tensors = new LinkedHashMap<String, LazyTensor>();
        var shape = memory.shape();
        long n = blocks.size();
        tensors.put(TOKENS, new LazyTensor(DType.INT64, new long[] {n, BLOCK}, () -> Tensor.of(tokens, n, BLOCK)));
        tensors.put(BEFORE, new LazyTensor(DType.INT64, new long[] {n}, () -> Tensor.of(before)));
        long[] sizes = {n, shape.heads(), BLOCK, shape.headSize()};
        for (int i = 0; i < shape.layers(); i++) {
            int layer = i;
            tensors.put("keys." + i, new LazyTensor(shape.type(), sizes, () -> all(blocks, layer, true)));
            tensors.put("values." + i, new LazyTensor(shape.type(), sizes, () -> all(blocks, layer, false)));
        }
        try {
            if (blocks.isEmpty()) Files.deleteIfExists(file);
            else write(tensors, model, file);
        } catch (IOException | UncheckedIOException e) {
            LOG.log(Level.WARNING, file + ": what is known of prompts could not be kept", e);
        }
    }

    private static void write(Map<String, LazyTensor> tensors, String model, Path file) throws IOException {
        Safetensors.stream(file, tensors, Map.of(MODEL, model, CHECK, check(tensors)));
        boolean posix = Files.getFileStore(file).supportsFileAttributeView("posix");
        if (posix) Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------")); // users' words
    }

    private static Tensor all(List<Known> blocks, int layer, boolean keys) {
        return Tensor.cat(blocks.stream().map(block -> block.part(layer, keys)).toList(), 0);
    }

    private static String check(Map<String, LazyTensor> tensors) {
        var hash = Identity.sha256();
        new TreeMap<>(tensors).forEach((name, tensor) -> {
            try (var _ = Scope.open(); var _ = Torch.noGrad()) {
                Identity.add(hash, name);
                Identity.add(hash, tensor.values().get());
            }
        });
        return HexFormat.of().formatHex(hash.digest());
    }

    /** Reads what fits. A file that is damaged, or of another model, is logged, and left alone. */
    static void load(KvMemory memory, String model, Path file) {
        if (!Files.exists(file)) return;
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            read(memory, model, SafetensorsFile.open(file), file);
        } catch (IllegalArgumentException | UncheckedIOException e) {
            LOG.warning("Prompts are read anew: " + e.getMessage());
        }
    }

    private static void read(KvMemory memory, String model, SafetensorsFile file, Path path) {
        expect(model.equals(file.metadata().get(MODEL)), path, "what this model remembers", "that of another");
        var tensors = new LinkedHashMap<String, LazyTensor>();
        for (String name : file.names()) {
            tensors.put(name, new LazyTensor(file.dtype(name), file.shape(name), () -> file.tensor(name)));
        }
        expect(check(tensors).equals(file.metadata().get(CHECK)), path, "what was written", "a damaged file");
        boolean same = file.names().contains("keys.0") && file.dtype("keys.0") == memory.shape().type();
        expect(same, path, "keys and values in " + memory.shape().type(), "another type");
        long[] tokens = file.tensor(TOKENS).toLongs(), before = file.tensor(BEFORE).toLongs();
        var known = new Known[before.length];
        int end;
        for (int from = 0; from < before.length; from = end) {
            end = from + 1;
            while (end < before.length && before[end] == end - 1) end++; // those that follow lie together
            var first = before[from] < 0 ? memory.root() : known[(int) before[from]];
            if (first == null || !memory.isFree(end - from)) continue; // no room for it, or for what it follows
            int begin = from, count = end - from;
            var blocks = memory.know(first, Arrays.copyOfRange(tokens, from * BLOCK, end * BLOCK), (layer, keys) ->
                    file.tensor((keys ? "keys." : "values.") + layer).narrow(0, begin, count));
            for (int i = 0; i < count; i++) known[from + i] = blocks.get(i);
        }
    }

    private static void expect(boolean holds, Path path, String expected, String received) {
        if (!holds) throw Expect.error(path.toString(), expected, received);
    }
}
