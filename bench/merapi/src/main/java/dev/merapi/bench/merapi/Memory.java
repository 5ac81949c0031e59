package dev.merapi.bench.merapi;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
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
import dev.merapi.tensor.Tensor;
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
import java.util.function.Function;

/**
 * What a rank holds in its memory while an encoder of 12 blocks, 38 M parameters, is trained by AdamW:
 *
 * <pre>
 * java -cp … dev.merapi.bench.merapi.Memory fsdp 4      # data, zero1, zero2 or fsdp; ranks
 * </pre>
 *
 * A line: megabytes of rank 0 that are resident after the third step, less those before the model was made; what the C
 * library holds back is given to the system first.
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
            long megabytes = train(args[0]);
            if (Rendezvous.ofEnvironment().rank() == 0) Files.writeString(Path.of(args[1]), "" + megabytes);
            return;
        }
        Path folder = Files.createTempDirectory("memory");
        var command = List.of("env", "OMP_NUM_THREADS=1", Path.of(System.getProperty("java.home"), "bin", "java") + "",
                "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-Xmx128m", "-cp",
                System.getProperty("java.class.path"), Memory.class.getName(), args[0],
                folder.resolve("megabytes").toString());
        int code = new LocalRanks(command, Integer.parseInt(args[1]), folder).run(IO::println);
        if (code != 0) throw new IllegalStateException("ranks ended with exit code " + code);
        IO.println(args[0] + ", " + args[1] + " ranks: " + Files.readString(folder.resolve("megabytes")) + " MB");
    }

    private static long train(String kind) {
        try (var group = ProcessGroup.join(Rendezvous.ofEnvironment())) {
            group.barrier(); // all that is loaded once is there
            var data = Dataset.of(Tensor.randn(16, 32, DIM), Tensor.randint(0, 10, 16));
            long before = resident();
            var model = new Model();
            long[] after = new long[1];
            boolean whole = kind.equals("data") || kind.equals("zero1");
            try (var parallel = DataParallel.of(group);
                    var sharded = FullyShardedDataParallel.of(group, layer -> layer instanceof TransformerEncoderLayer)
                            .shardWeights(kind.equals("fsdp"))) {
                Strategy strategy = whole ? parallel : sharded;
                Function<Layer, Optimizer> optimizer = switch (kind) {
                    case "data" -> m -> new AdamW(m, 1e-3);
                    case "zero1" -> m -> ShardedOptimizer.of(group, List.of(ParamGroup.of(m)), g -> new AdamW(g, 1e-3));
                    case "zero2", "fsdp" -> m -> sharded.optimizer(List.of(ParamGroup.of(m)), g -> new AdamW(g, 1e-3));
                    default -> throw new IllegalArgumentException("expected data, zero1, zero2 or fsdp. Received "
                            + kind);
                };
                Trainer.<Batch>of(Classification.of(model, 10)).optimizer(optimizer).steps(STEPS).strategy(strategy)
                        .listen(new Listener() {
                            @Override public void step(Step step) {
                                if (step.step() == STEPS) after[0] = resident();
                            }
                        }).fit(Loader.of(data, 1).workers(0));
            }
            return (after[0] - before) >> 20;
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

    private static long resident() {
        try {
            trim();
            return Files.readAllLines(Path.of("/proc/self/status")).stream().filter(line -> line.startsWith("VmRSS"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10).findFirst().orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
