package dev.merapi.text.generate;

import dev.merapi.tensor.Tensor;
import dev.merapi.text.generate.LogitProcessor.Written;
import java.util.Arrays;
import java.util.Set;
import java.util.SplittableRandom;

/** One text that is being written. It draws by a generator of its own, so its neighbours do not matter. */
final class Sequence {
    private final long[] prompt;
    private final Set<Long> ends;
    private final int maxTokens;
    private final LogitProcessor processor;
    private final SplittableRandom random;
    private final TextOutput output; // null where nobody asks for text
    private long[] ids = {};

    Sequence(long[] prompt, Set<Long> ends, int maxTokens, LogitProcessor processor, long seed,
            TextOutput output) {
        this.prompt = prompt;
        this.ends = ends;
        this.maxTokens = maxTokens;
        this.processor = processor;
        this.output = output;
        random = new SplittableRandom(seed);
    }

    /** What was written so far, without the token that ended it. */
    long[] ids() { return ids; }

    String text() { return output.text(); }

    /** Goes on with a token; whether another may follow. */
    boolean add(long id) {
        if (ends.contains(id)) return end();
        ids = Arrays.copyOf(ids, ids.length + 1);
        ids[ids.length - 1] = id;
        if (output != null && output.add(id)) return false;
        return ids.length < maxTokens || end();
    }

    /** Takes a whole text, up to a stop text. */
    void take(long[] text) {
        for (long id : text) if (!add(id)) return;
        end();
    }

    private boolean end() {
        if (output != null) output.end();
        return false;
    }

    /** The next token: the likeliest at temperature 0, else one drawn. */
    long next(Tensor logits, boolean draw) {
        var processed = processor.process(new Written(prompt, ids), logits);
        if (processed.max().item() == Double.NEGATIVE_INFINITY) {
            throw allRuledOut(logits.numel(), ids.length);
        }
        return draw ? draw(processed.softmax(0).toFloats()) : processed.argmax(0).itemLong();
    }

    static IllegalArgumentException allRuledOut(long vocabulary, int written) {
        return new IllegalArgumentException("Generator: expected a token that may come next. All " + vocabulary
                + " are ruled out after " + written + " new tokens, by the model's logits or by noRepeatNgram.");
    }

    /** Draws by the cumulative distribution, from one random number. */
    private int draw(float[] probabilities) {
        double sum = 0;
        for (float p : probabilities) sum += p;
        double left = random.nextDouble() * sum;
        int last = 0;
        for (int i = 0; i < probabilities.length; i++) {
            if (probabilities[i] == 0) continue;
            last = i;
            left -= probabilities[i];
            if (left < 0) break;
        }
        return last;
    }
}
