package dev.merapi.parallel;

import dev.merapi.parallel.Frame.Call;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.Work;

/**
 * A rank's connections to the others of its group. Before tensors move, the ranks compare what they are about to do;
 * who does something else, or is silent, is named, and the group is broken then.
 */
final class Peers implements AutoCloseable {
    private static final String FAILED = "this rank has failed";
    private static final Duration FAREWELL = Duration.ofSeconds(5);

    /** For tensors of the CPU. */
    final Collectives data;
    private final Rendezvous at; // with the rank in this group, and its size
    private final List<Integer> members; // their ranks at the meeting point
    private final Lobby lobby;
    private final String name;
    private final Collectives control; // frames alone
    private final Tensor own; // this rank's frame
    private final Tensor all; // those of all
    private Collectives gpus; // made with the first tensor of a GPU
    private long calls;
    private String broken; // why; null: it is not
    private Work failing; // tells the others of it; null: they need not be told
    private boolean closed;

    Peers(Rendezvous at, List<Integer> members, Lobby lobby, String name) {
        this.at = at;
        this.members = members;
        this.lobby = lobby;
        this.name = name;
        String local = lobby.localAddress();
        control = Collectives.gloo(lobby.part(name + "/control"), at.rank(), at.world(), at.timeout(), local);
        data = Collectives.gloo(lobby.part(name + "/data"), at.rank(), at.world(), at.timeout(), local);
        try (var _ = Torch.on(Device.CPU)) {
            own = Tensor.zeros(DType.INT64, Frame.LONGS).owned();
            all = Tensor.zeros(DType.INT64, at.world() * Frame.LONGS).owned();
        }
    }

    /** Whether a tensor there goes from GPU to GPU, and not by way of the CPU. */
    boolean isDirect(Device device) { return device.kind() == Device.Kind.CUDA && lobby.hasGpuEach(); }

    /** Where a tensor has to lie to travel: where it is, or on the CPU. */
    Device portOf(Device device) { return isDirect(device) ? device : Device.CPU; }

    /** What carries tensors that lie there. All ranks ask for their first of a GPU at the same call. */
    Collectives carrier(Device port) {
        if (port.equals(Device.CPU)) return data;
        if (gpus == null) {
            gpus = Collectives.nccl(lobby.part(name + "/gpus"), at.rank(), at.world(), at.timeout());
        }
        return gpus;
    }

    private int world() { return at.world(); }

    /** This rank's frame in the call with a number. */
    interface MakesFrame {
        Frame of(long number);
    }

    /**
     * Waits for the others to be at the same call.
     *
     * @return what each said, by rank
     * @throws IllegalStateException if one does something else, has failed, or did not come
     */
    List<Frame> agree(MakesFrame frame) {
        check();
        var mine = frame.of(calls++);
        var frames = exchange(mine);
        for (int rank = 0; rank < world(); rank++) {
            if (frames.get(rank).call() == Call.FAILED) {
                throw failure(named(rank) + " has failed. What went wrong is said there.", null);
            }
            if (frames.get(rank).call() == Call.LEFT && mine.call() != Call.LEFT) {
                throw failure(named(rank) + " has left before " + mine + ". If it did not end well, what went wrong is"
                        + " said there.", null);
            }
        }
        for (int rank = 0; rank < world(); rank++) {
            if (mine.agrees(frames.get(rank))) continue;
            throw failure("expected the same call on all ranks. Received " + mine + ", here on rank " + at.rank()
                    + ", and " + frames.get(rank) + " on " + named(rank), null);
        }
        return frames;
    }

    private List<Frame> exchange(Frame mine) {
        mine.write(own.segment());
        finish(attempt(mine.call().inWords, () -> control.allGather(all, own)), mine.call());
        var frames = new ArrayList<Frame>();
        for (int rank = 0; rank < world(); rank++) frames.add(Frame.read(all.segment(), rank));
        return frames;
    }

    /** Waits for one other. */
    void await(String what, int peer, Supplier<Work> start) {
        check();
        between(what, peer, () -> {
            try (Work work = start.get()) {
                work._wait();
            }
        });
    }

    /** What one other may fail to answer. */
    void between(String what, int peer, Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            throw failure(what + ": " + named(peer) + " did not answer within " + Lobby.seconds(at.timeout())
                    + ": " + firstLine(e), e);
        }
    }

    /** Starts what all do together. */
    Work attempt(String what, Supplier<Work> start) {
        try {
            return start.get();
        } catch (RuntimeException e) {
            throw lost(what, e);
        }
    }

    /** Waits for it, of the CPU. */
    void finish(Work work, Call call) { finish(work, call, Device.CPU); }

    /**
     * Waits for it.
     *
     * @param port of its tensors
     */
    void finish(Work work, Call call, Device port) {
        try (work; var limit = new Milliseconds(at.timeout().toMillis())) {
            if (!port.equals(Device.CPU)) {
                work._wait(limit); // once: NCCL gives up where it is asked in vain
                return;
            }
            if (isDoneSoon(work)) return;
            tellWhere(call);
            work._wait();
        } catch (RuntimeException e) {
            throw lost(call.inWords, e);
        }
    }

    /** Where this rank is, for those who wait in vain; whether it can be told or not, the wait has its own end. */
    private void tellWhere(Call call) {
        try {
            lobby.waiting(name, calls, call.inWords);
        } catch (RuntimeException e) { // the meeting point is gone or silent
        }
    }

    /** Whether the work is done, and well, in a second, or half of the timeout; the next wait says what is wrong. */
    private boolean isDoneSoon(Work work) {
        long first = Math.min(1000, Math.max(1, at.timeout().toMillis() / 2));
        try (var limit = new Milliseconds(first)) {
            work._wait(limit);
            return true;
        } catch (RuntimeException e) { // not done in time, though perhaps now
            return false;
        }
    }

    private IllegalStateException lost(String what, RuntimeException cause) {
        String absent = lobby.absent(name, calls, what, members);
        String said = firstLine(cause);
        return failure(what + ": expected all " + world() + " ranks within " + Lobby.seconds(at.timeout()) + ". "
                + (absent.isEmpty() ? "A connection was lost" : absent + " did not come") + " (" + said + "); the cause"
                + " is in the output of that rank.", cause);
    }

    private IllegalStateException failure(String message, RuntimeException cause) {
        broken = message;
        return new IllegalStateException("ProcessGroup: " + message, cause);
    }

    /** A rank and its process, for messages. */
    String named(int rank) { return lobby.name(members.get(rank)); }

    /** @throws IllegalStateException if it is closed or broken */
    void check() {
        if (closed) throw new IllegalStateException("ProcessGroup: used after it was closed.");
        if (broken != null) throw new IllegalStateException("ProcessGroup: broken before: " + broken);
    }

    /**
     * Lets the others' call under way, or their next, fail, for this rank cannot go on. It is broken from now on. Does
     * not wait for them: {@link #close} does.
     */
    void fail() {
        if (broken != null || closed) return;
        broken = FAILED;
        try {
            Frame.of(Call.FAILED, calls++, 0).write(own.segment());
            failing = control.allGather(all, own);
        } catch (RuntimeException e) { // who is gone cannot be told
        }
    }

    /** Whether this rank has {@linkplain #fail failed}. */
    boolean hasFailed() { return FAILED.equals(broken); }

    boolean isBroken() { return broken != null; }

    boolean isClosed() { return closed; }

    static String firstLine(RuntimeException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("").replaceFirst("^\\[.*?] ", "");
    }

    /** Waits for the others, unless it is broken, and ends the connections. */
    @Override public void close() {
        if (broken == null) {
            try {
                agree(n -> Frame.of(Call.LEFT, n, 0)); // one that ends earlier would break the others' last call
            } catch (RuntimeException e) { // they are gone
            }
        }
        closed = true;
        if (failing != null) {
            try (Work told = failing; var limit = new Milliseconds(FAREWELL.toMillis())) {
                told._wait(limit);
            } catch (RuntimeException e) { // they did not listen
            }
        }
        if (gpus != null) gpus.close();
        data.close();
        control.close();
        own.close();
        all.close();
    }
}
