package dev.merapi.text.generate;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** A batch of texts as a model writes it: checks what it says, and moves between its device and the CPU. */
final class Rows implements AutoCloseable {
    private final Decoding decoding;
    private Device device;
    private int count;
    private int read; // tokens after the prompts

    Rows(Generative model, List<long[]> prompts, int maxTokens) {
        for (int i = 0; i < prompts.size(); i++) {
            if (prompts.get(i).length > 0) continue;
            throw new IllegalArgumentException("Generator: expected at least one token. Received none in prompt " + i
                    + ": give it some text, or the token that begins one.");
        }
        decoding = model.begin(prompts, maxTokens - 1); // the last one is written, but not read
        count = prompts.size();
    }

    /** Logits of the next tokens (B, V), float32, on the CPU. */
    Tensor logits() {
        var logits = decoding.logits();
        if (logits.rank() != 2 || logits.size(0) != count) {
            throw new IllegalArgumentException("Generator: expected logits of shape (" + count + ", V). Received "
                    + logits.describe() + " after " + read + " new tokens.");
        }
        device = logits.device();
        var values = logits.to(Device.CPU).to(DType.FLOAT32);
        var damaged = values.isNan().any(1, false);
        if (damaged.any().itemBoolean()) {
            throw new IllegalArgumentException("Generator: expected logits without NaN. Received NaN for sequence "
                    + damaged.to(DType.INT64).argmax(0).itemLong() + " after " + read + " new tokens: the model's"
                    + " weights are damaged, or its number type is too narrow.");
        }
        return values;
    }

    /** Goes on with some of the rows, possibly twice with the same, each with its next token. */
    void go(int[] rows, long[] ids) {
        if (!Arrays.equals(rows, IntStream.range(0, count).toArray())) {
            decoding.select(tensor(Arrays.stream(rows).asLongStream().toArray()));
        }
        decoding.read(tensor(ids));
        count = rows.length;
        read++;
    }

    private Tensor tensor(long[] values) { return Tensor.of(values).to(device); }

    @Override public void close() { decoding.close(); }
}
