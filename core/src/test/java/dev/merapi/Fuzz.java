package dev.merapi;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Damages copies of good files and has them read: each is fine, or refused with an {@link IllegalArgumentException}
 * that names the folder they lie in, and reading takes no more memory than it should.
 *
 * <pre>{@code
 * Fuzz.of(Map.of("config.json", bytes)).damage("config.json")
 *         .check(temp, 1, 300, folder -> Net.load(folder));
 * }</pre>
 */
public final class Fuzz {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Map<String, byte[]> good;
    private final Map<String, FuzzDamage> damages = new LinkedHashMap<>();
    private Reader repair = _ -> { };
    private long heap = 64 << 20;

    /** What is tried. */
    @FunctionalInterface
    public interface Reader {
        void read(Path folder) throws Exception;
    }

    private Fuzz(Map<String, byte[]> good) { this.good = new TreeMap<>(good); }

    /** Files by their names, which may have folders. */
    public static Fuzz of(Map<String, byte[]> files) { return new Fuzz(files); }

    /** All files below a folder. */
    public static Fuzz of(Path folder) throws IOException {
        var files = new TreeMap<String, byte[]>();
        try (var all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(folder.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return new Fuzz(files);
    }

    /** Which files to damage, one at a time, in the way that suits their names. */
    public Fuzz damage(String... names) {
        for (String name : names) damage(name, FuzzDamage.suiting(name));
        return this;
    }

    /** A file to damage in a way of its own. */
    public Fuzz damage(String name, FuzzDamage how) {
        if (!good.containsKey(name)) throw new AssertionError(name + " is none of " + good.keySet());
        damages.put(name, how);
        return this;
    }

    /** Done to each folder after the damage, such as new checksums, so that what lies behind them is tried. */
    public Fuzz repair(Reader repair) {
        this.repair = repair;
        return this;
    }

    /** The memory of Java that one reading may take, if not 64 MB. */
    public Fuzz heap(long bytes) {
        heap = bytes;
        return this;
    }

    /**
     * Reads the good files, then {@code count} damaged ones; the same for the same seed.
     *
     * @param temp an empty folder
     * @throws AssertionError listing each kind of fault once, with the number of the first file that shows it
     */
    public void check(Path temp, long seed, int count, Reader reader) throws Exception {
        Path folder = temp.resolve("case");
        write(folder, good);
        reader.read(folder);
        var faults = new LinkedHashMap<String, List<Integer>>();
        for (int i = 0; i < count; i++) {
            var files = damaged(new Random(31 * seed + i));
            write(folder, files);
            repair.read(folder);
            String fault = fault(folder, reader);
            if (fault != null) faults.computeIfAbsent(fault, _ -> new ArrayList<>()).add(i);
        }
        if (!faults.isEmpty()) throw new AssertionError(faults.entrySet().stream()
                .map(e -> e.getValue().size() + " of " + count + ", first file " + e.getValue().getFirst() + ": "
                        + e.getKey()).collect(Collectors.joining("\n", "seed " + seed + "\n", "")));
    }

    private Map<String, byte[]> damaged(Random random) {
        var files = new TreeMap<>(good);
        var names = List.copyOf(damages.keySet());
        String name = names.get(random.nextInt(names.size()));
        files.put(name, damages.get(name).apply(good.get(name), random));
        return files;
    }

    private static void write(Path folder, Map<String, byte[]> files) throws IOException {
        delete(folder);
        for (var file : files.entrySet()) {
            Path path = folder.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.write(path, file.getValue());
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) return;
        try (var all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        }
    }

    /** What is wrong with how a folder is read, or null. */
    private String fault(Path folder, Reader reader) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try {
            reader.read(folder);
        } catch (Throwable e) { // an OutOfMemoryError is what is looked for
            if (!isRefusal(e, folder)) return describe(e);
        }
        long taken = THREADS.getCurrentThreadAllocatedBytes() - before;
        return taken <= heap ? null : "took more than " + heap + " bytes of memory";
    }

    /** Ours, with the name; the system's word on a file that a damaged one names is as good. */
    private static boolean isRefusal(Throwable e, Path folder) {
        boolean ours = e.getClass() == IllegalArgumentException.class || e.getClass().getName().startsWith("dev.merapi")
                || e instanceof UncheckedIOException && e.getCause() instanceof FileSystemException;
        return ours && e.getMessage() != null && e.getMessage().contains(folder.toString());
    }

    /** The exception with the place that let it through: one line for each fault in the program. */
    private static String describe(Throwable e) {
        var places = Arrays.stream(e.getStackTrace()).filter(place -> place.getClassName().startsWith("dev.merapi")
                && !place.getClassName().equals(Fuzz.class.getName())).map(StackTraceElement::toString).limit(3);
        return e.getClass().getSimpleName() + ": " + generic(e.getMessage()) + " at "
                + places.collect(Collectors.joining(" < "));
    }

    /** Without what differs from file to file, as far as that is easily told. */
    private static String generic(String message) {
        if (message == null) return "no message";
        String plain = message.replaceAll("\\d+", "0").replaceAll("\\s+", " ");
        return plain.substring(0, Math.min(60, plain.length()));
    }
}
