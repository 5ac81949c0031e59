package dev.merapi.bench.merapi;

import com.sun.management.OperatingSystemMXBean;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.Sgd;
import dev.merapi.parallel.DataParallel;
import dev.merapi.parallel.LocalRanks;
import dev.merapi.parallel.ProcessGroup;
import dev.merapi.parallel.Rendezvous;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Classification;
import dev.merapi.train.Listener;
import dev.merapi.train.Supervised;
import dev.merapi.train.Trainer;
import dev.merapi.vision.model.ResNet;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Steps of one single-threaded rank beside those of several, each with a batch of its own:
 *
 * <pre>
 * bench/ranks scaling resnet18 2 5     # work (resnet18, resnet18_synchronized or mlp), ranks, rounds
 * </pre>
 *
 * The ranks' processes are started anew for each figure, in turns with one alone. A line for each: milliseconds and
 * processor milliseconds of a rank for a step. The efficiency is the time of one alone by that of one of several.
 */
final class Scaling {
    private static final int WARM_UP = 5;

    private Scaling() {}

    /** What a rank trains. */
    private enum Work {
        /** 11 M parameters, 45 MB of gradients, much to compute; each rank's norms look at its own batch. */
        RESNET18(16, 12, new long[] {3, 32, 32}) {
            @Override Supervised task() { return Classification.of(new ResNet(ResNet.Config.CIFAR_RESNET18, 10), 10); }
        },
        /** The same, whose norms look at the batches of all ranks. */
        RESNET18_SYNCHRONIZED(16, 12, new long[] {3, 32, 32}) {
            @Override Supervised task() { return RESNET18.task(); }
        },
        /** 2.9 M parameters, 12 MB of gradients, for little to compute: communication weighs. */
        MLP(256, 60, new long[] {784}) {
            @Override Supervised task() {
                return Classification.of(new Sequential(new Linear(784, 1024), new Relu(), new Linear(1024, 2048),
                        new Relu(), new Linear(2048, 10)), 10);
            }
        };

        final int batch;
        final int steps;
        final long[] shape;

        Work(int batch, int steps, long[] shape) {
            this.batch = batch;
            this.steps = steps;
            this.shape = shape;
        }

        abstract Supervised task();
    }

    public static void main(String[] args) throws IOException {
        var work = Work.valueOf(args[0].toUpperCase());
        if (Rendezvous.isInEnvironment()) {
            String figures = train(work);
            if (Rendezvous.ofEnvironment().rank() == 0) Files.writeString(Path.of(args[1]), figures);
            return;
        }
        int ranks = Integer.parseInt(args[1]);
        var ratios = new ArrayList<Double>();
        var cpuRatios = new ArrayList<Double>();
        for (int round = 1; round <= Integer.parseInt(args[2]); round++) {
            double[] alone = measure(work, 1);
            double[] together = measure(work, ranks);
            ratios.add(alone[0] / together[0]);
            cpuRatios.add(alone[1] / together[1]);
            IO.println("round %d: alone %.1f ms (processor %.1f), of %d ranks %.1f ms (%.1f): %.0f %% (%.0f %%)"
                    .formatted(round, alone[0], alone[1], ranks, together[0], together[1], 100 * ratios.getLast(),
                            100 * cpuRatios.getLast()));
        }
        IO.println("efficiency of %d ranks, %s: %s by the clock, %s by processor time".formatted(ranks, args[0],
                summary(ratios), summary(cpuRatios)));
    }

    private static String summary(List<Double> ratios) {
        double[] sorted = ratios.stream().mapToDouble(r -> r).sorted().toArray();
        return "median %.0f %% (%.0f to %.0f)".formatted(100 * sorted[sorted.length / 2], 100 * sorted[0],
                100 * sorted[sorted.length - 1]);
    }

    /** Milliseconds and processor milliseconds for a step, of rank 0. */
    private static double[] measure(Work work, int ranks) throws IOException {
        Path folder = Files.createTempDirectory("scaling");
        Path figures = folder.resolve("figures");
        var command = List.of("env", "OMP_NUM_THREADS=1", Path.of(System.getProperty("java.home"), "bin", "java") + "",
                "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp",
                System.getProperty("java.class.path"), Scaling.class.getName(), work.name(), figures.toString());
        int code = new LocalRanks(command, ranks, folder).run(IO::println);
        if (code != 0) throw new IllegalStateException("ranks ended with exit code " + code);
        return Arrays.stream(Files.readString(figures).strip().split(" ")).mapToDouble(Double::parseDouble).toArray();
    }

    private static String train(Work work) {
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        var shape = new long[work.shape.length + 1];
        shape[0] = 8L * work.batch;
        System.arraycopy(work.shape, 0, shape, 1, work.shape.length);
        var data = Dataset.of(Tensor.randn(shape), Tensor.randint(0, 10, shape[0]));
        long[] begin = new long[2];
        double[] took = new double[2];
        try (var group = ProcessGroup.join(Rendezvous.ofEnvironment()); var parallel = DataParallel.of(group,
                DataParallel.Options.DEFAULT.synchronizeNorms(work == Work.RESNET18_SYNCHRONIZED))) {
            Trainer.of(work.task()).optimizer(m -> new Sgd(m, 0.01, 0.9)).steps(WARM_UP + work.steps)
                    .strategy(parallel).listen(new Listener() {
                        @Override public void step(Step step) {
                            if (step.step() == WARM_UP) {
                                begin[0] = System.nanoTime();
                                begin[1] = system.getProcessCpuTime();
                            }
                            took[0] = (System.nanoTime() - begin[0]) / 1e6 / work.steps;
                            took[1] = (system.getProcessCpuTime() - begin[1]) / 1e6 / work.steps;
                        }
                    }).fit(Loader.of(data, work.batch).workers(0));
        }
        return took[0] + " " + took[1];
    }
}
