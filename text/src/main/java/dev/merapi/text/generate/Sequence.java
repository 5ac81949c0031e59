package dev.merapi.text.generate;

import dev.merapi.tensor.Tensor;
import dev.merapi.text.generate.LogitsProcessor.Written;
import java.util.Arrays;
import java.util.Set;
import java.util.SplittableRandom;

/** One text that is being written. It draws by a generator of its own, so its neighbours do not matter. */
final class Sequence {
    private final long[] prompt;
    private final Set<Long> ends;
    private final Generation options;
    private final LogitsProcessor processor;
    private final SplittableRandom random;
    private final TextOutput output; // null where nobody asks for text
    private long[] ids = {};
    private boolean cut;

    Sequence(long[] prompt, Set<Long> ends, Generation options, LogitsProcessor processor, long seed,
            TextOutput output) {
        this.prompt = prompt;
        this.ends = ends;
        this.options = options;
        this.processor = processor;
        this.output = output;
        random = new SplittableRandom(seed);
    }

    /** What was written so far, without the token that ended it. */
    long[] ids() { return ids; }

    String text() { return output.text(); }

    /** Whether it ended because it may not be longer. */
    boolean isCut() { return cut; }

    /** Goes on with a token; whether another may follow. */
    boolean add(long id) {
        if (ends.contains(id)) return end();
        ids = Arrays.copyOf(ids, ids.length + 1);
        ids[ids.length - 1] = id;
        if (output != null && output.add(id)) return false;
        if (ids.length < options.maxTokens()) return true;
        cut = true;
        return end();
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

    boolean isEnd(long id) { return ends.contains(id); }

    Generation options() { return options; }

    /** The next of its own random numbers, from 0 to below 1. */
    double random() { return random.nextDouble(); }

    boolean isProcessed() { return processor != LogitsProcessor.NONE; }

    /** Logits (V) of the next token, by the rules for this text. */
    Tensor processed(Tensor logits) { return processor.process(new Written(prompt, ids), logits); }

    static IllegalArgumentException allRuledOut(long vocabulary, int written) {
        return new IllegalArgumentException("Generator: expected a token that may come next. All " + vocabulary
                + " are ruled out after " + written + " new tokens, by the model's logits or by noRepeatNgram.");
    }
}
