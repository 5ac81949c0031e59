package dev.merapi.nn;

import dev.merapi.tensor.ActivationCheckpoint;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Guard;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The blocks of a deep model, one after the other. What a block computes on the way is freed when it ends, and its
 * input when the next block has read it, save what backward needs: without gradients, depth costs no memory.
 *
 * <pre>{@code
 * Tensor y = Blocks.run(x, layers, (i, h) -> layers.get(i).forward(h, mask));
 * }</pre>
 */
public final class Blocks {
    private Blocks() {}

    /** Block {@code i} of a model, counted from 0. */
    public interface Block {
        /** @return a tensor that nobody else holds, or {@code x} itself */
        Tensor forward(int i, Tensor x);
    }

    /** Runs a block, with what it needs around it: weights that are elsewhere, say. */
    public interface Runner {
        /** @param block runs the same each time */
        Tensor run(UnaryOperator<Tensor> block, Tensor x);
    }

    /** Lets {@code runner} run a layer wherever it is a block of a model, until the guard is closed. */
    public static Guard runBy(Runner runner, Layer block) {
        block.runner = runner;
        return () -> block.runner = null;
    }

    /**
     * Leaves a block out from now on, wherever its model runs it by {@link #run(Tensor, List, Block)}: its result is
     * its input, and it has no parts any more.
     *
     * @throws IllegalArgumentException if a part is in a final field
     */
    public static void skip(Layer block) {
        for (var field : Fields.values(block).keySet()) {
            boolean fixed = Modifier.isFinal(field.getModifiers());
            boolean part = Layer.class.isAssignableFrom(field.getType()) || field.getType() == Unary.class;
            Expect.that(!fixed || !part, "Blocks.skip", "parts in fields that are not final", Fields.where(field));
            if (part) Fields.set(field, block, null);
        }
        block.runner = (_, x) -> x;
    }

    /** Runs all blocks, the layers, in their order: as {@link #run(Tensor, int, Block)}, each by its runner. */
    public static Tensor run(Tensor x, List<? extends Layer> layers, Block block) {
        return run(x, layers.size(), (i, h) -> {
            var runner = layers.get(i).runner;
            return runner == null ? block.forward(i, h) : runner.run(inThisMode(block, i), h);
        });
    }

    /** As {@link #recompute(Tensor, int, Block)}, each by its runner. */
    public static Tensor recompute(Tensor x, List<? extends Layer> layers, Block block) {
        return run(x, layers.size(), (i, h) -> {
            var runner = layers.get(i).runner;
            return runner == null ? ActivationCheckpoint.of(inThisMode(block, i)).apply(h)
                    : runner.run(inThisMode(block, i), h);
        });
    }

    /**
     * Runs blocks 0 to {@code depth - 1}. While there are {@link Hooks}, all results live in the caller's scope.
     *
     * @throws IllegalStateException on a virtual thread
     */
    public static Tensor run(Tensor x, int depth, Block block) {
        Tensor y = x;
        for (int i = 0; i < depth; i++) y = Hooks.isOn() ? block.forward(i, y) : tidily(block, i, y, y != x);
        return y;
    }

    /** As {@link #run}, but backward computes each block again from its input: see {@link ActivationCheckpoint}. */
    public static Tensor recompute(Tensor x, int depth, Block block) {
        return run(x, depth, (i, y) -> ActivationCheckpoint.of(inThisMode(block, i)).apply(y));
    }

    private static UnaryOperator<Tensor> inThisMode(Block block, int i) {
        var evaluated = Evaluations.layers();
        return h -> {
            try (var _ = Evaluations.begin(evaluated)) { // backward comes later, on a GPU on another thread
                return block.forward(i, h);
            }
        };
    }

    private static Tensor tidily(Block block, int i, Tensor x, boolean ours) {
        try (var scope = Scope.open()) {
            Tensor y = scope.keep(block.forward(i, x));
            if (ours && y != x) x.close();
            return y;
        }
    }
}
