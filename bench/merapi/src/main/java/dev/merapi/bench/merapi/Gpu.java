package dev.merapi.bench.merapi;

import dev.merapi.bench.Batches;
import dev.merapi.bench.Step;
import dev.merapi.loss.CrossEntropy;
import dev.merapi.optim.AdamW;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.gpt.Gpt2Config;
import dev.merapi.vision.model.Classifiers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** What {@code bench/gpu} runs: the parity tests on a device, and steps whose times stand beside PyTorch's. */
final class Gpu {
    private static final long SECOND = 1_000_000_000;
    private static final int WARM_UP = 3; // seconds
    private static final int TIMES = 5;   // of about a second each, whose median counts

    /** @param large the batch on a GPU; {@code small} that on a CPU, 0 where that takes too long */
    private record Work(String name, int large, int small, IntFunction<Step> step) {
        int size(Device device) { return device.equals(Device.CPU) ? small : large; }
    }

    private static final List<Work> WORKS = List.of(
            new Work("cifar-cnn", 1024, 16, batch -> Training.images(Classifiers.cifarCnn(10), batch)),
            new Work("transformer", 128, 2, batch -> Training.tokens(new Transformer(8192, 128, 10), batch, 128, 8192)),
            new Work("gpt2-train", 16, 1, batch -> gpt2Training(batch, DType.FLOAT32)),
            new Work("gpt2-train-bf16", 16, 0, batch -> gpt2Training(batch, DType.BFLOAT16)),
            new Work("gpt2-decode", 1, 1, _ -> Language.gpt2Decoding()));

    private Gpu() {}

    /** @param args the device, and the script that runs the same steps in PyTorch */
    static void main(String[] args) throws IOException, InterruptedException {
        var device = Device.parse(args[0]);
        if (device.kind() == Device.Kind.CUDA && Torch.cudaDevices() == 0) {
            System.err.println("bench/gpu: expected a GPU that libtorch can use. Received none: is there a driver, and"
                    + " are these the natives for GPUs? --device cpu runs all of this on the CPU.");
            System.exit(1);
        }
        IO.println("libtorch %s, %s".formatted(Torch.version(), device));
        boolean alike;
        try (var _ = Torch.on(device)) {
            alike = Parity.check();
            var ours = new LinkedHashMap<String, Double>();
            var works = WORKS.stream().filter(work -> work.size(device) > 0).toList();
            for (var work : works) {
                ours.put(work.name, milliseconds(work.step.apply(work.size(device))));
                IO.println("%s %.2f ms".formatted(work.name, ours.get(work.name)));
            }
            print(ours, pyTorch(works, device, Path.of(args[1])));
        }
        System.exit(alike ? 0 : 1);
    }

    private static Step gpt2Training(int batch, DType precision) {
        var model = new Gpt2(Gpt2Config.SMALL);
        int length = 256, words = Gpt2Config.SMALL.vocabSize();
        var batches = new Batches<>(seed -> ids(seed, batch * length, words).view(batch, length),
                seed -> ids(seed, batch * length, words));
        var adam = new AdamW(model, 1e-5);
        var device = model.device();
        return () -> {
            batches.next();
            try (var _ = Scope.open()) {
                Tensor loss;
                try (var _ = Torch.autocast(device, precision)) {
                    var logits = model.forward(batches.inputs()).flatten(0, 1); // (B · T, V)
                    loss = new CrossEntropy().forward(logits, batches.labels());
                }
                adam.zeroGrad();
                loss.backward();
                adam.step();
                return loss.item();
            }
        };
    }

    private static Tensor ids(int seed, int count, int bound) {
        return Tensor.of(Batches.integers(seed, count, bound)).to(DType.INT64);
    }

    /** Of one step. */
    private static double milliseconds(Step step) {
        long steps = run(step, WARM_UP * SECOND);
        long each = Math.max(1, steps / WARM_UP);
        var times = new double[TIMES];
        for (int i = 0; i < TIMES; i++) {
            long begin = System.nanoTime();
            for (int k = 0; k < each; k++) step.run();
            times[i] = (System.nanoTime() - begin) / 1e6 / each;
        }
        Arrays.sort(times);
        return times[TIMES / 2];
    }

    private static long run(Step step, long nanoseconds) {
        long begin = System.nanoTime();
        long steps = 0;
        do {
            step.run();
            steps++;
        } while (System.nanoTime() - begin < nanoseconds);
        return steps;
    }

    /** What the script prints: a name and milliseconds in each line; other lines are passed on. */
    private static Map<String, Double> pyTorch(List<Work> works, Device device, Path script)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("python3", script.toString(), device.toString()));
        for (var work : works) command.add(work.name + "=" + work.size(device));
        var times = new LinkedHashMap<String, Double>();
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var lines = process.inputReader()) {
            lines.lines().forEach(line -> {
                String[] words = line.split(" ");
                if (line.matches("[a-z0-9-]+ [0-9.]+")) times.put(words[0], Double.valueOf(words[1]));
                else IO.println(line);
            });
        }
        process.waitFor();
        return times;
    }

    private static void print(Map<String, Double> ours, Map<String, Double> theirs) {
        IO.println("%-16s %12s %12s %8s".formatted("ms a step", "merapi", "pytorch", "ratio"));
        ours.forEach((name, time) -> {
            Double other = theirs.get(name);
            IO.println(other == null ? "%-16s %12.2f %12s".formatted(name, time, "-")
                    : "%-16s %12.2f %12.2f %8.2f".formatted(name, time, other, time / other));
        });
    }
}
