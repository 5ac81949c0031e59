package dev.merapi.tensor;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.PointerConsumer;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * Tells Java when libtorch frees a node of the autograd graph, for which it has no call of its own.
 *
 * <p>The node is given a companion: another node, which saves a tensor whose memory comes from us, and which hangs on
 * the debug record that every node may have. When the node goes, so do the record, the companion, its saved tensor, and
 * at last the memory, of which we are told.
 */
final class GraphLifetime {
    /** By the node's address, which is also the (never read) address of the companion's empty memory. */
    private static final Map<Long, Runnable> ACTIONS = new ConcurrentHashMap<>();

    private static final PointerConsumer FREED = new PointerConsumer() {
        @Override public void call(Pointer node) { ACTIONS.remove(node.address()).run(); }
    };

    private GraphLifetime() {}

    /** Runs {@code action} once the operation that made {@code tensor} is forgotten; holds it strongly until then. */
    static void whenFreed(Tensor tensor, Runnable action) {
        try (var node = tensor.unwrap().grad_fn()) {
            boolean first = ACTIONS.put(node.address(), action(ACTIONS.get(node.address()), action)) == null;
            if (!first) return;
            try (var _ = Torch.enableGrad();
                    var options = new TensorOptions();
                    var saved = torch.from_blob(new Address(node.address()), new long[] {0}, FREED, options);
                    var leaf = torch.zeros(0)) {
                leaf.set_requires_grad(true);
                try (var product = leaf.mul(saved); var companion = product.grad_fn()) {
                    node.metadata().assign_parent(companion);
                }
            }
        }
    }

    private static Runnable action(Runnable earlier, Runnable later) {
        return earlier == null ? later : () -> {
            earlier.run();
            later.run();
        };
    }

    /** Nodes that still have an action. */
    static int watched() { return ACTIONS.size(); }

    private static final class Address extends Pointer {
        Address(long address) { this.address = address; }
    }
}
