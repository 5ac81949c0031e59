package dev.merapi.bench.merapi;

import dev.merapi.data.BatchSource;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.nn.Layer;
import dev.merapi.optim.Sgd;
import dev.merapi.parallel.DataParallel;
import dev.merapi.parallel.LocalRanks;
import dev.merapi.parallel.ProcessGroup;
import dev.merapi.parallel.Rendezvous;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Classification;
import dev.merapi.train.Strategy;
import dev.merapi.train.Trainer;
import dev.merapi.vision.model.ResNet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/**
 * A timeline of one step of ResNet-18 by ranks: backward, and the gradients that travel meanwhile.
 *
 * <pre>
 * bench/ranks overlap 2 overlap.svg      # ranks, picture
 * </pre>
 *
 * Rank 0 records what {@code DataParallel} tells the Flight Recorder. A light bar is a bucket of gradients, from when
 * it set out until the rank asked for its sum behind backward; a dark one is how long the rank then waited.
 */
final class Overlap {
    private static final int STEPS = 6;

    private Overlap() {}

    /** What happened in a row of the picture. */
    private record Bar(String row, Instant begin, Duration length, String colour) { }

    /** Data parallelism that notes when backward runs. */
    private record Watched(DataParallel inner, List<Bar> backwards) implements Strategy {
        @Override public int rank() { return inner.rank(); }

        @Override public int world() { return inner.world(); }

        @Override public void prepare(Layer model) { inner.prepare(model); }

        @Override public <B> BatchSource<B> prepare(BatchSource<B> train) {
            return inner.prepare(train);
        }

        @Override public void beforeLast(List<Param> params) { inner.beforeLast(params); }

        @Override public void backward(Tensor loss, List<Param> params) {
            var begin = Instant.now();
            loss.backward();
            backwards.add(new Bar("backward", begin, Duration.between(begin, Instant.now()), "#4c78a8"));
        }

        @Override public void reduce(List<Param> params) { inner.reduce(params); }

        @Override public void settle(Layer model) { inner.settle(model); }

        @Override public double sum(double value) { return inner.sum(value); }

        @Override public double max(double value) { return inner.max(value); }

        @Override public List<String> gather(String text) { return inner.gather(text); }

        @Override public void fail() { inner.fail(); }
    }

    public static void main(String[] args) throws IOException {
        Path picture = Path.of(args[1]).toAbsolutePath();
        if (Rendezvous.isInEnvironment()) {
            train(picture);
            return;
        }
        Path folder = Files.createTempDirectory("overlap");
        var command = List.of("env", "OMP_NUM_THREADS=1", Path.of(System.getProperty("java.home"), "bin", "java") + "",
                "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"),
                Overlap.class.getName(), args[0], picture.toString());
        int code = new LocalRanks(command, Integer.parseInt(args[0]), folder).run(IO::println);
        if (code != 0) throw new IllegalStateException("ranks ended with exit code " + code);
    }

    private static void train(Path picture) throws IOException {
        var data = Dataset.of(Tensor.randn(64, 3, 32, 32), Tensor.randint(0, 10, 64));
        var bars = new ArrayList<Bar>();
        try (var recording = new Recording(); var group = ProcessGroup.join(Rendezvous.ofEnvironment());
                var parallel = DataParallel.of(group, DataParallel.Options.DEFAULT.bucketBytes(4 << 20)
                        .synchronizeNorms(false))) {
            recording.enable("dev.merapi.GradientBucket").withThreshold(Duration.ZERO);
            recording.start();
            Trainer.of(Classification.of(new ResNet(ResNet.Config.CIFAR_RESNET18, 10), 10))
                    .optimizer(m -> new Sgd(m, 0.01, 0.9)).steps(STEPS).strategy(new Watched(parallel, bars))
                    .fit(Loader.of(data, 8).workers(0));
            recording.stop();
            if (group.rank() > 0) return;
            Path events = Files.createTempFile("overlap", ".jfr");
            recording.dump(events);
            draw(bars.getLast(), RecordingFile.readAllEvents(events), picture);
            Files.delete(events);
        }
    }

    private static void draw(Bar backward, List<RecordedEvent> events, Path picture) throws IOException {
        var all = new ArrayList<>(List.of(backward));
        long bytes = 0;
        double waiting = 0;
        for (var event : events) {
            if (event.getEndTime().isBefore(backward.begin)) continue;
            String row = "bucket " + event.getInt("bucket") + ", " + (event.getLong("bytes") + (1 << 19) >> 20) + " MB";
            var waited = event.getDuration("waited");
            all.add(new Bar(row, event.getStartTime(), event.getDuration(), "#f6c48a"));
            all.add(new Bar(row, event.getEndTime().minus(waited), waited, "#d95f02"));
            bytes += event.getLong("bytes");
            waiting += waited.toNanos() / 1e6;
        }
        Files.writeString(picture, svg(all, backward.begin));
        IO.println("backward %.0f ms, then %.2f ms of waiting for %.1f MB that had set out meanwhile".formatted(
                backward.length.toNanos() / 1e6, waiting, bytes / 1e6));
    }

    private static String svg(List<Bar> bars, Instant zero) {
        var rows = bars.stream().map(Bar::row).distinct().toList();
        double end = bars.stream().mapToDouble(bar -> millis(zero, bar.begin.plus(bar.length))).max().orElseThrow();
        double scale = 640 / end;
        int height = 30 + 24 * rows.size();
        var svg = new StringBuilder(("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"800\" height=\"%d\""
                + " font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"800\" height=\"%d\" fill=\"white\"/>\n")
                .formatted(height, height));
        for (int i = 0; i < rows.size(); i++) {
            svg.append("<text x=\"8\" y=\"%d\">%s</text>\n".formatted(24 * i + 20, rows.get(i)));
        }
        for (Bar bar : bars) {
            svg.append(String.format(Locale.ROOT,
                    "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"16\" fill=\"%s\"/>\n",
                    130 + scale * millis(zero, bar.begin), 24 * rows.indexOf(bar.row) + 8,
                    Math.max(0.5, scale * bar.length.toNanos() / 1e6), bar.colour));
        }
        svg.append(String.format(Locale.ROOT, "<text x=\"130\" y=\"%d\">0 ms</text>\n<text x=\"770\" y=\"%d\""
                + " text-anchor=\"end\">%.0f ms</text>\n</svg>\n", height - 8, height - 8, end));
        return svg.toString();
    }

    private static double millis(Instant from, Instant to) { return Duration.between(from, to).toNanos() / 1e6; }
}
