package dev.merapi.text.model.causal;

import dev.merapi.tensor.Expect;
import java.util.List;

/**
 * What a process has of a model that is divided by its blocks: a stage of a pipeline.
 *
 * @param from its first block
 * @param to the block behind its last
 * @param ends whether it has what stands before the first block of the model and behind the last: embeddings, last
 *     norm, head
 */
public record Stage(int from, int to, boolean ends) {
    public Stage {
        boolean good = from >= 0 && from <= to && (ends || from < to);
        Expect.that(good, "Stage", "blocks from one of 0 on to a later one", from + " to " + to);
    }

    /** The first stage, which embeds tokens and gives logits, with the blocks before another; possibly none. */
    public static Stage first(int to) { return new Stage(0, to, true); }

    /** One of the others. */
    public static Stage of(int from, int to) { return new Stage(from, to, false); }

    int blocks() { return to - from; }

    boolean has(int block) { return block >= from && block < to; }

    /**
     * Whether a tensor is of this stage.
     *
     * @param blocks the beginnings of the names of each block's tensors
     */
    boolean has(String name, List<String> blocks) {
        for (int i = 0; i < blocks.size(); i++) if (name.startsWith(blocks.get(i))) return has(i);
        return ends;
    }

    @Override public String toString() { return "blocks " + from + " to " + to; }
}
