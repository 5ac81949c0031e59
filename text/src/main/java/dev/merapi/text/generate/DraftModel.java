package dev.merapi.text.generate;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.Arrays;
import java.util.List;

/**
 * Guesses what a large model writes by a small one of the same vocabulary. By itself it goes on with one
 * text at a time, and keeps what it has read of it until it is closed; for a {@link ContinuousBatch} it reads all texts
 * together.
 */
public final class DraftModel implements Guesser, AutoCloseable {
    private final Generative model;
    private final int tokens;
    private Decoding decoding; // null before the first text
    private long[] read = {}; // what the decoding holds

    /** @param model stays the caller's to close */
    public DraftModel(Generative model) { this(model, Integer.MAX_VALUE); }

    /**
     * The same, of which no other than the first tokens are guessed: models of one vocabulary may have more rows than
     * it, of different numbers.
     */
    public DraftModel(Generative model, int tokens) {
        this.model = model;
        this.tokens = tokens;
    }

    Generative model() { return model; }

    /** The likeliest tokens (B) by logits (B, V). */
    Tensor likeliest(Tensor logits) { return logits.narrow(1, 0, Math.min(tokens, logits.size(1))).argmax(1); }

    @Override public long[] guess(long[] text, int most) {
        Expect.that(text.length > 0, "DraftModel.guess", "a text of at least one token", "none");
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            if (!goOn(text)) return new long[0];
            var guessed = new long[most];
            int count = 0;
            while (true) {
                guessed[count++] = likeliest(decoding.logits()).itemLong();
                if (count == most || decoding.room() == 0) return Arrays.copyOf(guessed, count);
                take(guessed[count - 1]);
            }
        }
    }

    /** Reads what is new of a text, and forgets what is no longer; whether there was room. */
    private boolean goOn(long[] text) {
        int same = Arrays.mismatch(read, text);
        if (same < 0 || same == text.length) same = text.length - 1; // the last is read again, for its logits
        boolean fits = decoding != null && same > 0 && decoding.forget(read.length - same);
        if (!fits) {
            close();
            if (text.length > model.room()) return false;
            decoding = model.begin(List.of(text), 0);
            read = text.clone();
            return true;
        }
        read = Arrays.copyOf(read, same);
        if (decoding.room() < text.length - same) return false;
        take(Arrays.copyOfRange(text, same, text.length));
        return true;
    }

    private void take(long... ids) {
        decoding.readAll(ids);
        int length = read.length;
        read = Arrays.copyOf(read, length + ids.length);
        System.arraycopy(ids, 0, read, length, ids.length);
    }

    @Override public void close() {
        if (decoding != null) decoding.close();
        decoding = null;
        read = new long[0];
    }
}
