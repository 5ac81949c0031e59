package dev.merapi.text.generate;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** A batch of texts as a model writes it: checks what it says. */
final class Rows implements AutoCloseable {
    private final Decoding decoding;
    private int count;
    private int read; // tokens after the prompts

    Rows(Generative model, List<long[]> prompts, int maxTokens) {
        expectTokens(prompts);
        decoding = model.begin(prompts, maxTokens - 1); // the last one is written, but not read
        count = prompts.size();
    }

    static void expectTokens(List<long[]> prompts) {
        for (int i = 0; i < prompts.size(); i++) {
            if (prompts.get(i).length > 0) continue;
            throw new IllegalArgumentException("Generator: expected at least one token. Received none in prompt " + i
                    + ": give it some text, or the token that begins one.");
        }
    }

    /** Logits of the next tokens (B, V), float32, on the model's device. */
    Tensor logits() {
        var logits = decoding.logits();
        if (logits.rank() != 2 || logits.size(0) != count) {
            throw new IllegalArgumentException("Generator: expected logits of shape (" + count + ", V). Received "
                    + logits.describe() + " after " + read + " new tokens.");
        }
        return checked(logits.to(DType.FLOAT32), read);
    }

    /** Logits (B, V) without NaN, after so many new tokens. */
    static Tensor checked(Tensor values, int read) {
        double[] highest = values.amax(1).toDoubles(); // NaN where a row has one
        for (int row = 0; row < highest.length; row++) {
            if (!Double.isNaN(highest[row])) continue;
            throw new IllegalArgumentException("Generator: expected logits without NaN. Received NaN for sequence "
                    + row + " after " + read + " new tokens: the model's weights are damaged, or its number type is too"
                    + " narrow.");
        }
        return values;
    }

    /** Goes on with some of the rows, possibly twice with the same, each with its next token. */
    void go(int[] rows, long[] ids) {
        if (!Arrays.equals(rows, IntStream.range(0, count).toArray())) {
            decoding.select(Tensor.of(Arrays.stream(rows).asLongStream().toArray()));
        }
        decoding.read(Tensor.of(ids));
        count = rows.length;
        read++;
    }

    @Override public void close() { decoding.close(); }
}
