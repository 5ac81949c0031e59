package dev.merapi.parallel;

import dev.merapi.tensor.Guard;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Queue;

/**
 * Divides the blocks of a model among ranks, through which small batches flow one behind the other: forward to the last
 * stage, and back (Narayanan et al. 2019, "PipeDream"; the schedule "one forward, one backward", so that a stage holds
 * the activations of at most as many batches as there are stages).
 *
 * <pre>{@code
 * var pipeline = PipelineParallel.of(mesh.pipeline());
 * double loss = pipeline.step(8, (batch, x) -> isLast ? loss(stage.forward(x), batch) : stage.forward(x));
 * optimizer.step();                               // of this stage's parameters
 * }</pre>
 *
 * Gradients are those of the whole model on the sum of all batches' losses.
 */
public final class PipelineParallel {
    private final ProcessGroup group;

    /** A batch that went forward and has not come back. */
    private record Flight(Tensor x, Tensor y) {}

    private PipelineParallel(ProcessGroup group) { this.group = group; }

    /** @param group of the stages, in their order; stays open */
    public static PipelineParallel of(ProcessGroup group) { return new PipelineParallel(group); }

    /** A rank's part of the model. */
    @FunctionalInterface
    public interface Stage {
        /**
         * Runs it with gradients.
         *
         * @param batch its number, from 0
         * @param x what the stage before gave; null in the first
         * @return what the next stage gets; in the last the batch's loss, 0-d
         */
        Tensor forward(int batch, Tensor x);
    }

    /**
     * Adds the gradients of all batches to the parameters' of this stage. All ranks call it.
     *
     * @return the sum of the losses, on all ranks
     */
    public double step(int batches, Stage stage) {
        int warm = Math.min(group.world() - group.rank() - 1, batches);
        var flights = new ArrayDeque<Flight>();
        var forwards = new ArrayDeque<Guard>(); // sends under way
        var backwards = new ArrayDeque<Guard>();
        double loss = 0;
        try {
            for (int i = 0; i < batches; i++) {
                loss += forward(i, stage, flights, forwards);
                if (i >= warm) backward(flights, forwards, backwards);
            }
            while (!flights.isEmpty()) backward(flights, forwards, backwards);
            while (!forwards.isEmpty()) forwards.remove().close();
            while (!backwards.isEmpty()) backwards.remove().close();
        } finally {
            for (Flight flight : new ArrayList<>(flights)) close(flight);
        }
        return group.sum(loss);
    }

    private double forward(int batch, Stage stage, Queue<Flight> flights, Queue<Guard> forwards) {
        try (var _ = Scope.open()) {
            Tensor x = isFirst() ? null : group.receive(group.rank() - 1).requiresGrad_(true).owned();
            Tensor y = stage.forward(batch, x).owned();
            flights.add(new Flight(x, y));
            if (isLast()) return y.item();
            forwards.add(group.startSend(y, group.rank() + 1));
            return 0;
        }
    }

    private void backward(Queue<Flight> flights, Queue<Guard> forwards, Queue<Guard> backwards) {
        var flight = flights.remove();
        try (var _ = Scope.open()) {
            if (isLast()) {
                flight.y.backward();
            } else {
                flight.y.backward(group.receive(group.rank() + 1));
                forwards.remove().close(); // it has arrived, for its gradient came back
            }
            if (isFirst()) return;
            backwards.add(group.startSend(flight.x.grad(), group.rank() - 1));
            // the stage before takes a gradient before it sends so many more batches
            if (backwards.size() > group.world() + 1) backwards.remove().close();
        } finally {
            close(flight);
        }
    }

    private static void close(Flight flight) {
        flight.y.close();
        if (flight.x != null) flight.x.close();
    }

    private boolean isFirst() { return group.rank() == 0; }

    private boolean isLast() { return group.rank() == group.world() - 1; }
}
