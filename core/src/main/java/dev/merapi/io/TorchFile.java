package dev.merapi.io;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A checkpoint that {@code torch.save} wrote ({@code .pth}, {@code .pt}, {@code .bin}), mapped into memory: a tensor is
 * a view of the file. The file's pickle is read by {@link Unpickler}, which makes tensors and containers and runs
 * nothing. Names are keys joined by dots: those of a state dict or, in a checkpoint that holds one beside other things,
 * such as {@code model.fc.weight}, which {@link Weights#under} takes apart.
 */
final class TorchFile {
    private static final Set<String> ENDINGS = Set.of("pth", "pt", "bin", "ckpt");
    private static final int MAX_PICKLE = 256 << 20; // bytes; 10 million tensors need less
    private static final int MAX_DEPTH = 64;

    private final Path path;
    private final MappedFile file;
    private final ZipIndex zip;
    private final String prefix; // of all files in the archive
    private final Map<String, Unpickler.Saved> tensors = new LinkedHashMap<>();
    private final Map<String, String> metadata = new TreeMap<>();
    private int left; // values that may still be met

    private TorchFile(Path path) {
        this.path = path;
        this.file = MappedFile.open(path);
        if (!isZip(file)) {
            throw new IllegalArgumentException(path + ": expected a checkpoint of PyTorch, a zip archive as torch.save"
                    + " writes them since 1.6. Received another file; if it is an older one, open it in PyTorch and"
                    + " save it again.");
        }
        this.zip = new ZipIndex(path.toString(), file.source());
        String pickle = zip.entries().keySet().stream().filter(n -> n.equals("data.pkl") || n.endsWith("/data.pkl"))
                .findFirst().orElseThrow(() -> wrong("expected a checkpoint of PyTorch, with a data.pkl in it. Received"
                        + " another zip archive"));
        this.prefix = pickle.substring(0, pickle.length() - "data.pkl".length());
        if (zip.entries().containsKey(prefix + "byteorder")
                && !new String(zip.read(prefix + "byteorder", 16)).equals("little")) {
            throw wrong("expected numbers with the lowest byte first. Received a file of a big-endian machine");
        }
        byte[] program = zip.read(pickle, MAX_PICKLE);
        left = program.length;
        collect("", Unpickler.read(path + ": " + pickle, program), 0);
    }

    /** @throws IllegalArgumentException if it is no such file, is damaged, or asks for more than tensors */
    static TorchFile open(Path path) { return new TorchFile(path); }

    /** Whether a file is to be read as one: by its name or its first bytes. */
    static boolean isOne(Path path) {
        String name = path.getFileName().toString();
        if (ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1))) return true;
        try (var in = Files.newInputStream(path)) {
            return Arrays.equals(in.readNBytes(4), new byte[] {'P', 'K', 3, 4});
        } catch (IOException e) {
            return false; // the reader that takes it says so
        }
    }

    private static boolean isZip(MappedFile file) {
        return file.size() > 4 && MemorySegment.ofArray(new byte[] {'P', 'K', 3, 4})
                .mismatch(file.source().asSlice(0, 4)) < 0;
    }

    /** Names every tensor by its path. A value may stand in many places, and within itself: both have an end. */
    private void collect(String name, Object value, int depth) {
        if (depth > MAX_DEPTH || left-- <= 0) {
            throw wrong("expected dicts and lists, " + MAX_DEPTH + " within each other at most, of values that are"
                    + " there. Received more at " + name);
        }
        switch (value) {
            case Map<?, ?> dict -> dict.forEach((key, part) -> collect(join(name, key), part, depth + 1));
            case List<?> list -> {
                for (int i = 0; i < list.size(); i++) collect(join(name, i), list.get(i), depth + 1);
            }
            case Unpickler.Saved saved -> {
                check(name, saved);
                if (tensors.put(name, saved) != null) throw wrong("expected one tensor " + name + ". Received two");
            }
            case String _, Long _, Double _, Boolean _ -> metadata.put(name, value.toString());
            case null, default -> { }
        }
    }

    private static String join(String name, Object key) { return name.isEmpty() ? "" + key : name + "." + key; }

    private void check(String name, Unpickler.Saved saved) {
        var storage = saved.storage();
        var entry = zip.entries().get(prefix + "data/" + storage.key());
        long bytes = storage.type().bytes();
        if (entry == null || storage.numel() < 0 || entry.size() / bytes != storage.numel()
                || entry.size() % bytes != 0) {
            throw wrong(name + ": expected its " + storage.numel() + " numbers of " + storage.type() + " in " + prefix
                    + "data/" + storage.key() + ". Received "
                    + (entry == null ? "no such file" : entry.size() + " bytes") + " there");
        }
        long[] shape = saved.shape();
        double numel = 1, last = saved.offset();
        for (int i = 0; i < shape.length; i++) {
            numel *= shape[i];
            last += (shape[i] - 1.0) * saved.stride()[i];
        }
        boolean fits = saved.offset() >= 0 && (numel == 0 || numel <= storage.numel() && last < storage.numel());
        if (!fits) {
            throw wrong(name + ": expected shape " + Shapes.toString(shape) + " with strides "
                    + Shapes.toString(saved.stride()) + " from number " + saved.offset()
                    + " to lie in its storage, each number in a place of its own. Received a storage of "
                    + storage.numel());
        }
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException(path + ": " + what + ".");
    }

    Set<String> names() { return Collections.unmodifiableSet(tensors.keySet()); }

    /** Texts, numbers and truth values beside the tensors, such as {@code epoch}. */
    Map<String, String> metadata() { return Collections.unmodifiableMap(metadata); }

    DType dtype(String name) { return tensors.get(name).storage().type(); }

    long[] shape(String name) { return tensors.get(name).shape().clone(); }

    /** A view of the file, in the innermost scope; a copy where the file is compressed or read-only. */
    Tensor tensor(String name) {
        var saved = tensors.get(name);
        var storage = saved.storage();
        var entry = entry(storage);
        DType type = storage.type();
        if (!entry.compressed() && isRowMajor(saved)) {
            return file.tensor(entry.from() + saved.offset() * type.bytes(), type, saved.shape());
        }
        Tensor all = entry.compressed() ? unpacked(storage) : file.tensor(entry.from(), type, storage.numel());
        return Tensor.call("as_strided", "", all, saved.shape(), saved.stride(), saved.offset());
    }

    void copyTo(String name, Tensor target) {
        var saved = tensors.get(name);
        var entry = entry(saved.storage());
        DType type = saved.storage().type();
        if (entry.compressed() || !isRowMajor(saved)) target.copy_(tensor(name));
        else file.copyTo(target, entry.from() + saved.offset() * type.bytes(), type, saved.shape());
    }

    private ZipIndex.Entry entry(Unpickler.Storage storage) {
        return zip.entries().get(prefix + "data/" + storage.key());
    }

    private Tensor unpacked(Unpickler.Storage storage) {
        byte[] bytes = zip.read(prefix + "data/" + storage.key(), Integer.MAX_VALUE - 8);
        return Tensor.of(MemorySegment.ofArray(bytes), storage.type(), storage.numel());
    }

    private static boolean isRowMajor(Unpickler.Saved saved) {
        long expected = 1;
        for (int i = saved.shape().length - 1; i >= 0; i--) {
            long size = saved.shape()[i];
            if (size == 0) return true;
            if (size != 1 && saved.stride()[i] != expected) return false;
            expected *= size;
        }
        return true;
    }
}
