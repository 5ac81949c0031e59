package dev.merapi.bench.merapi;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.io.Folders;
import dev.merapi.io.Safetensors;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.TransformerEncoder;
import dev.merapi.nn.TransformerEncoderLayer;
import dev.merapi.nn.TransformerOptions;
import dev.merapi.nn.Unary;
import dev.merapi.optim.AdamW;
import dev.merapi.optim.Optimizer;
import dev.merapi.optim.ParamGroup;
import dev.merapi.parallel.DataParallel;
import dev.merapi.parallel.FullyShardedDataParallel;
import dev.merapi.parallel.LocalRanks;
import dev.merapi.parallel.ProcessGroup;
import dev.merapi.parallel.Rendezvous;
import dev.merapi.parallel.ShardedOptimizer;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Classification;
import dev.merapi.train.Listener;
import dev.merapi.train.Strategy;
import dev.merapi.train.Trainer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * What a rank holds in its memory while an encoder of 12 blocks, 38 M parameters, is trained by AdamW:
 *
 * <pre>
 * bench/ranks memory fsdp 4      # data, zero1, zero2, fsdp or meta; ranks
 * </pre>
 *
 * {@code meta} is {@code fsdp} whose model is built without memory and gets its weights from a file. A line: megabytes
 * of rank 0 that are resident after the third step, and the most that were from the building of the model to the end of
 * a run that leaves a checkpoint and the model, each less those before the model was made. Pages of files do not count,
 * for the system takes them back when it needs memory.
 */
final class Memory {
    private static final int STEPS = 3;
    private static final int DIM = 512;

    private Memory() {}

    /** Sequences of 32 vectors to one of 10 classes. */
    private static final class Model extends Layer implements Unary {
        final TransformerEncoder blocks = new TransformerEncoder(12, DIM, 8, 4 * DIM,
                TransformerOptions.DEFAULT.dropout(0));
        final Linear out = new Linear(DIM, 10);

        @Override public Tensor forward(Tensor x) { return out.forward(blocks.forward(x).mean(1)); }
    }

    public static void main(String[] args) throws IOException {
        if (Rendezvous.isInEnvironment()) {
            String megabytes = train(args[0], Path.of(args[1]));
            if (Rendezvous.ofEnvironment().rank() == 0) Files.writeString(Path.of(args[1], "megabytes"), megabytes);
            return;
        }
        Path folder = Files.createTempDirectory("memory");
        if (args[0].equals("meta")) Safetensors.save(new Model(), folder.resolve("begin.safetensors"));
        // what is freed goes back to the system at once, so that the peak is of what was needed
        var command = List.of("env", "OMP_NUM_THREADS=1", "MALLOC_MMAP_THRESHOLD_=65536",
                Path.of(System.getProperty("java.home"), "bin", "java") + "",
                "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-Xmx128m", "-cp",
                System.getProperty("java.class.path"), Memory.class.getName(), args[0], folder.toString());
        int code = new LocalRanks(command, Integer.parseInt(args[1]), folder).run(IO::println);
        if (code != 0) throw new IllegalStateException("ranks ended with exit code " + code);
        IO.println(args[0] + ", " + args[1] + " ranks: " + Files.readString(folder.resolve("megabytes")));
        Folders.delete(folder);
    }

    private static Model model(String kind) {
        try (var _ = Torch.on(kind.equals("meta") ? Device.META : Device.CPU)) {
            return new Model();
        }
    }

    private static String train(String kind, Path folder) throws IOException {
        try (var group = ProcessGroup.join(Rendezvous.ofEnvironment())) {
            group.barrier(); // all that is loaded once is there
            var data = Dataset.of(Tensor.randn(16, 32, DIM), Tensor.randint(0, 10, 16));
            trim();
            long before = anonymous();
            var peak = new AtomicLong();
            Thread.ofPlatform().daemon().start(() -> {
                while (true) {
                    peak.accumulateAndGet(anonymous(), Math::max);
                    LockSupport.parkNanos(1_000_000);
                }
            });
            var model = model(kind);
            long[] after = new long[1];
            boolean whole = kind.equals("data") || kind.equals("zero1");
            try (var parallel = DataParallel.of(group);
                    var sharded = FullyShardedDataParallel.of(group, layer -> layer instanceof TransformerEncoderLayer)
                            .shardWeights(!kind.equals("zero2"))
                            .weights(kind.equals("meta") ? folder.resolve("begin.safetensors") : null)) {
                Strategy strategy = whole ? parallel : sharded;
                Function<Layer, Optimizer> optimizer = switch (kind) {
                    case "data" -> m -> new AdamW(m, 1e-3);
                    case "zero1" -> m -> ShardedOptimizer.of(group, List.of(ParamGroup.of(m)), g -> new AdamW(g, 1e-3));
                    case "zero2", "fsdp", "meta" -> m ->
                            sharded.optimizer(List.of(ParamGroup.of(m)), g -> new AdamW(g, 1e-3));
                    default -> throw new IllegalArgumentException("expected data, zero1, zero2, fsdp or meta. Received "
                            + kind);
                };
                Trainer.<Batch>of(Classification.of(model, 10)).optimizer(optimizer).steps(STEPS).strategy(strategy)
                        .folder(folder.resolve("run")).listen(new Listener() {
                            @Override public void step(Step step) {
                                if (step.step() < STEPS) return;
                                trim();
                                after[0] = anonymous();
                            }
                        }).fit(Loader.of(data, 1).workers(0));
            }
            return "%d MB after step %d, at most %d MB".formatted((after[0] - before) >> 20, STEPS,
                    (peak.get() - before) >> 20);
        }
    }

    @SuppressWarnings("restricted") // a function of the C library
    private static void trim() {
        var linker = Linker.nativeLinker();
        try {
            var trim = linker.downcallHandle(linker.defaultLookup().findOrThrow("malloc_trim"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
            int given = (int) trim.invokeExact(0L);
        } catch (Throwable e) {
            throw new IllegalStateException("malloc_trim: expected glibc", e);
        }
    }

    /** Resident bytes that are no file's. */
    private static long anonymous() {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream().filter(line -> line.startsWith("RssAnon"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10).findFirst().orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
