package dev.merapi.text.generate;

import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;

/** A model whose logits are a function of all tokens before, so that any mix-up of rows changes the text. */
final class TinyModel implements Generative {
    final Function<long[], float[]> function;
    final List<Integer> batches = new ArrayList<>(); // rows of each step
    OptionalLong firstToken = OptionalLong.empty();
    int newTokens;
    int open;

    TinyModel(Function<long[], float[]> function) { this.function = function; }

    /** Any logits, but always the same for the same tokens. */
    static TinyModel random(int vocabulary, double scale) {
        return new TinyModel(ids -> logits(ids, vocabulary, scale));
    }

    static float[] logits(long[] ids, int vocabulary, double scale) {
        var random = new SplittableRandom(Arrays.hashCode(ids));
        var logits = new float[vocabulary];
        for (int i = 0; i < vocabulary; i++) logits[i] = (float) (scale * random.nextGaussian());
        return logits;
    }

    /** Writes these tokens and no others. */
    static TinyModel saying(int vocabulary, long... text) {
        return new TinyModel(ids -> {
            var logits = new float[vocabulary];
            int written = ids.length - 1; // after a prompt of one token
            if (written < text.length) logits[(int) text[written]] = 9;
            return logits;
        });
    }

    @Override public OptionalLong firstToken() { return firstToken; }

    @Override public Decoding begin(List<long[]> inputs, int newTokens) {
        this.newTokens = newTokens;
        open++;
        return new Rows(inputs);
    }

    private final class Rows implements Decoding {
        private List<long[]> rows;
        private Tensor logits;
        private int read;

        Rows(List<long[]> rows) {
            this.rows = rows;
            batches.add(rows.size());
            compute();
        }

        private void compute() {
            if (logits != null) logits.close();
            logits = Tensor.of(rows.stream().map(function).toArray(float[][]::new)).owned();
        }

        @Override public Tensor logits() { return logits; }

        @Override public void read(Tensor ids) {
            if (++read > newTokens) throw new AssertionError("more tokens than announced: " + read);
            long[] next = ids.toLongs();
            if (next.length != rows.size()) throw new AssertionError(next.length + " tokens, " + rows.size() + " rows");
            var longer = new ArrayList<long[]>();
            for (int i = 0; i < next.length; i++) {
                var row = Arrays.copyOf(rows.get(i), rows.get(i).length + 1);
                row[row.length - 1] = next[i];
                longer.add(row);
            }
            rows = longer;
            batches.add(rows.size());
            compute();
        }

        @Override public void add(List<long[]> inputs) {
            rows = Stream.concat(rows.stream(), inputs.stream()).toList();
            compute();
        }

        @Override public void select(Tensor which) {
            rows = Arrays.stream(which.toLongs()).mapToObj(row -> rows.get((int) row)).toList();
            logits.close();
            logits = null;
        }

        @Override public void close() {
            if (logits != null) logits.close();
            open--;
        }
    }
}
