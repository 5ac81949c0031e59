package dev.merapi.text.model.causal;

import dev.merapi.tensor.Tensor;
import dev.merapi.text.model.causal.StageWire.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * The parts of a stage, which have a {@link Share} of its blocks each, as one of them sees the others while it reads
 * for one decoding. The first is asked, hands on what it is asked to the others, and adds up what all have: each gets
 * the same sum.
 */
interface StageParts extends AutoCloseable {
    /** Those of the step that the thread is computing. */
    ScopedValue<StageParts> NOW = ScopedValue.newInstance();

    /** Of a stage that is one process. */
    StageParts NONE = own -> own;

    /** The sum of what all parts have. */
    Tensor sum(Tensor own);

    /** Lets the others begin with a step. */
    default void begin(Message question) { }

    /** What is answered when a step is done. */
    default Message answer(Tensor y) { return new Message("", List.of(), y); }

    @Override default void close() { }

    /** As the first sees the others. */
    record Leader(List<StageLink> others) implements StageParts {
        @Override public void begin(Message question) { others.forEach(other -> other.send(question)); }

        @Override public Tensor sum(Tensor own) {
            Tensor all = own;
            for (var other : others) all = all.add(other.receive().tensor().to(own.device()));
            var total = new Message("", List.of(), all);
            others.forEach(other -> other.send(total));
            return all;
        }

        @Override public Message answer(Tensor y) {
            others.forEach(StageLink::receive); // whether they are done
            return StageParts.super.answer(y);
        }

        @Override public void close() { others.forEach(StageLink::close); }
    }

    /** As another sees the first. */
    record Follower(StageWire first) implements StageParts {
        @Override public Tensor sum(Tensor own) {
            try {
                first.send(new Message("", List.of(), own));
                return first.receive().tensor().to(own.device());
            } catch (IOException e) {
                throw new UncheckedIOException("The first part of the stage is lost: " + e.getMessage(), e);
            }
        }

        @Override public Message answer(Tensor y) { return Message.of(""); }
    }
}
