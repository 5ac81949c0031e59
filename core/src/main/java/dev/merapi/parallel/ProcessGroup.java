package dev.merapi.parallel;

import dev.merapi.internal.Engine;
import dev.merapi.parallel.Frame.Call;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Guard;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Work;

/**
 * Several processes that work on one thing: each has a rank, from 0, and all make the same calls in the same order,
 * which wait for one another.
 *
 * <pre>{@code
 * try (var group = ProcessGroup.join(Rendezvous.ofEnvironment())) {
 *     group.allReduce(gradient, Reduction.SUM);         // on every rank the sum over all
 *     group.broadcast(weights, 0);                      // on every rank those of rank 0
 * }
 * }</pre>
 *
 * The ranks are connected by TCP (libtorch's Gloo), without encryption: for a network whose machines trust each other.
 * Tensors on GPUs go from one to the other by NCCL where it is installed and each rank has a GPU of its own; elsewhere,
 * and those that are sent to one rank, by way of the CPU's memory.
 *
 * <p>Before tensors move, the ranks compare call, type and shape: ranks that have gone different ways are told so by an
 * {@link IllegalStateException} that says what each of them does. One that waits in vain throws one that names the rank
 * that did not come, after the {@linkplain Rendezvous#timeout timeout}, or at once where its process has ended. The
 * group is then broken and every further call throws. A group is used by one thread at a time.
 */
public final class ProcessGroup implements AutoCloseable {
    private final Rendezvous at; // with the rank in this group, and its size
    private final List<Integer> members; // their ranks at the meeting point
    private final Lobby lobby;
    private final boolean ownsLobby;
    private final String name;
    private final Peers peers;
    private final Messages messages;

    private ProcessGroup(Rendezvous at, List<Integer> members, Lobby lobby, boolean ownsLobby, String name) {
        this.at = at;
        this.members = members;
        this.lobby = lobby;
        this.ownsLobby = ownsLobby;
        this.name = name;
        peers = new Peers(at, members, lobby, name);
        messages = new Messages(peers);
    }

    /**
     * Meets the other ranks.
     *
     * @throws IllegalArgumentException if the port is in use
     * @throws IllegalStateException naming the ranks that did not come within the timeout
     */
    public static ProcessGroup join(Rendezvous at) {
        Engine.ensureStarted();
        var lobby = Lobby.open(at);
        try {
            return new ProcessGroup(at, IntStream.range(0, at.world()).boxed().toList(), lobby, true, "main");
        } catch (RuntimeException e) {
            lobby.close();
            throw new IllegalStateException("ProcessGroup: the ranks met at " + at.host() + ":" + at.port()
                    + " but could not connect to each other: " + Peers.firstLine(e), e);
        }
    }

    /**
     * Another group of the same ranks, with connections of its own: its calls are in no order with this one's. All
     * ranks make it, and close it before this one.
     */
    public ProcessGroup sibling(String name) {
        peers.check();
        return new ProcessGroup(at, members, lobby, false, this.name + "/" + name);
    }

    /**
     * A group of some of the ranks, this one among them, with connections of its own. All its members make it, and
     * close it before this one; in it they are numbered by their places in {@code ranks}.
     *
     * @throws IllegalArgumentException if this rank is none of them, or one is named twice
     */
    public ProcessGroup part(String name, List<Integer> ranks) {
        peers.check();
        ranks.forEach(rank -> checkRank("part", rank));
        if (!ranks.contains(rank()) || ranks.stream().distinct().count() < ranks.size()) {
            throw new IllegalArgumentException("ProcessGroup.part: expected different ranks, with this one, " + rank()
                    + ". Received " + ranks);
        }
        var place = new Rendezvous(at.host(), at.port(), ranks.indexOf(rank()), ranks.size(), at.attempt(),
                at.timeout());
        return new ProcessGroup(place, ranks.stream().map(members::get).toList(), lobby, false,
                this.name + "/" + name + ranks);
    }

    /** This process's number, from 0. */
    public int rank() { return at.rank(); }

    /** How many ranks there are. */
    public int world() { return at.world(); }

    // ---- tensors

    /** Makes a tensor on every rank the reduction of those on all: of one shape and type, in place. */
    public void allReduce(Tensor tensor, Reduction how) {
        peers.agree(n -> frame(Call.ALL_REDUCE, n, tensor, how.ordinal()));
        inPlace(tensor, (by, flat) -> by.allReduce(flat, how), Call.ALL_REDUCE);
    }

    /** Makes a tensor on every rank what it is on rank {@code root}: of one shape and type, in place. */
    public void broadcast(Tensor tensor, int root) {
        checkRank("broadcast", root);
        peers.agree(n -> frame(Call.BROADCAST, n, tensor, root));
        inPlace(tensor, (by, flat) -> by.broadcast(flat, root), Call.BROADCAST);
    }

    /** The tensors of all ranks, (…) each and of one type, as one: (world, …), in their order. */
    public Tensor allGather(Tensor tensor) {
        peers.agree(n -> frame(Call.ALL_GATHER, n, tensor, 0));
        try (var scope = Scope.open(); var _ = Torch.noGrad()) {
            Device port = peers.portOf(tensor.device());
            Tensor mine = tensor.to(port).contiguous();
            long[] shape = mine.shape();
            long[] allShape = new long[shape.length + 1];
            allShape[0] = world();
            System.arraycopy(shape, 0, allShape, 1, shape.length);
            Tensor gathered = mine.newEmpty(allShape);
            // flat, for Gloo cuts the result along its first dimension
            if (mine.numel() > 0) {
                peers.finish(peers.carrier(port).allGather(gathered.view(-1), mine.view(-1)), Call.ALL_GATHER, port);
            }
            return scope.keep(gathered.to(tensor.device()));
        }
    }

    /**
     * This rank's part, of {@code world} equal ones along the first dimension, of the reduction of all ranks' tensors:
     * (world · n, …) to (n, …).
     *
     * @throws IllegalArgumentException if the first dimension cannot be divided so
     */
    public Tensor reduceScatter(Tensor tensor, Reduction how) {
        if (tensor.rank() == 0 || tensor.size(0) % world() != 0) {
            throw new IllegalArgumentException("ProcessGroup.reduceScatter: expected a first dimension that " + world()
                    + " ranks divide. Received " + tensor.describe());
        }
        peers.agree(n -> frame(Call.REDUCE_SCATTER, n, tensor, how.ordinal()));
        try (var scope = Scope.open(); var _ = Torch.noGrad()) {
            Device port = peers.portOf(tensor.device());
            Tensor mine = tensor.to(port).contiguous();
            long[] shape = mine.shape();
            shape[0] /= world();
            Tensor part = mine.newEmpty(shape);
            if (part.numel() > 0) {
                peers.finish(peers.carrier(port).reduceScatter(part, mine, how), Call.REDUCE_SCATTER, port);
            }
            return scope.keep(part.to(tensor.device()));
        }
    }

    /** Sends a tensor to a rank that {@linkplain #receive receives} it; what is sent arrives in order. */
    public void send(Tensor tensor, int to) { startSend(tensor, to).close(); }

    /**
     * Begins to send; closing the guard waits until all is sent. Ranks that send to each other before they receive need
     * this, for {@link #send} waits for the receiver.
     */
    public Guard startSend(Tensor tensor, int to) {
        checkPeer("send", to);
        return messages.send(tensor, to);
    }

    /** What a rank has {@linkplain #send sent}, on the CPU. */
    public Tensor receive(int from) {
        checkPeer("receive", from);
        return messages.receive(from);
    }

    // ---- numbers and texts

    /** Waits until all ranks are here. */
    public void barrier() { peers.agree(n -> Frame.of(Call.BARRIER, n, 0)); }

    /** The sum of a number over all ranks: the same bits on each. */
    public double sum(double value) {
        double sum = 0;
        for (var frame : peers.agree(n -> Frame.of(Call.SUM, n, value))) sum += frame.value();
        return sum;
    }

    /** The greatest of a number over all ranks. */
    public double max(double value) {
        double max = Double.NEGATIVE_INFINITY;
        for (var frame : peers.agree(n -> Frame.of(Call.MAX, n, value))) max = Math.max(max, frame.value());
        return max;
    }

    /** The texts of all ranks, in their order. */
    public List<String> gather(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        var frames = peers.agree(n -> Frame.of(Call.GATHER, n, bytes.length));
        int longest = (int) frames.stream().mapToDouble(Frame::value).max().orElse(0);
        var texts = new ArrayList<String>();
        if (longest == 0) {
            for (int rank = 0; rank < world(); rank++) texts.add("");
            return texts;
        }
        try (var _ = Scope.open(); var _ = Torch.on(Device.CPU)) {
            Tensor everyone = Tensor.zeros(DType.UINT8, (long) world() * longest);
            Tensor mine = Tensor.of(Arrays.copyOf(bytes, longest), longest);
            peers.finish(peers.data.allGather(everyone, mine), Call.GATHER);
            byte[] received = everyone.toBytes();
            for (int rank = 0; rank < world(); rank++) {
                texts.add(new String(received, rank * longest, (int) frames.get(rank).value(),
                        StandardCharsets.UTF_8));
            }
        }
        return texts;
    }

    /**
     * Sees to it that something is the same on all ranks, such as a configuration.
     *
     * @param what names it in the message
     * @throws IllegalStateException naming the ranks where it is another than on rank 0
     */
    public void expectSame(String what, String value) {
        var values = gather(value);
        var others = new ArrayList<String>();
        for (int rank = 1; rank < world(); rank++) {
            if (!values.get(rank).equals(values.getFirst())) others.add(peers.named(rank) + ": " + values.get(rank));
        }
        if (others.isEmpty()) return;
        throw new IllegalStateException("ProcessGroup: expected the same " + what + " on all ranks. Received\n  "
                + peers.named(0) + ": " + values.getFirst() + "\n  " + String.join("\n  ", others));
    }

    /** See {@link Peers#fail}. */
    void fail() { peers.fail(); }

    /** Whether this rank has {@linkplain #fail failed}. */
    boolean hasFailed() { return peers.hasFailed(); }

    // ---- for DataParallel

    /** Sees to it that all ranks are about to start the same operations. */
    void agreeOnPlan(long elements, long hash, Device device) {
        peers.agree(n -> new Frame(Call.PLAN, n, DType.INT64.ordinal(), elements, hash, 0,
                peers.isDirect(device) ? 1 : 0, 0));
    }

    /** Where a tensor has to lie to {@link #start}: where it is, or on the CPU. */
    Device portOf(Device device) { return peers.portOf(device); }

    /** Begins to reduce a tensor that a plan has, at its port; it is complete when the work was {@link #finish}ed. */
    Work start(Tensor flat, Reduction how) {
        peers.check();
        return peers.attempt("allReduce", () -> peers.carrier(flat.device()).allReduce(flat, how));
    }

    /** Begins to gather, by a plan, a tensor of the CPU of one dimension. */
    Work startGather(Tensor everyone, Tensor flat) {
        peers.check();
        return peers.attempt("allGather", () -> peers.data.allGather(everyone, flat));
    }

    /** Waits for what was begun with tensors of the CPU. */
    void finish(Work work) { finish(work, Device.CPU); }

    /** @param port where its tensors lie */
    void finish(Work work, Device port) { peers.finish(work, Call.ALL_REDUCE, port); }

    // ---- inside

    private interface Starts {
        Work by(Collectives carrier, Tensor flat);
    }

    private Frame frame(Call call, long number, Tensor tensor, long setting) {
        return Frame.of(call, number, tensor, setting, peers.isDirect(tensor.device()));
    }

    /** Changes a tensor by way of a copy in one piece at its port, where it is not that itself. */
    private void inPlace(Tensor tensor, Starts operation, Call call) {
        if (tensor.numel() == 0) return;
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            Tensor plain = tensor.detach();
            Device port = peers.portOf(plain.device());
            boolean asItIs = plain.device().equals(port) && plain.isContiguous();
            Tensor flat = asItIs ? plain : plain.to(port).contiguous();
            peers.finish(peers.attempt(call.inWords, () -> operation.by(peers.carrier(port), flat)), call, port);
            if (!asItIs) plain.copy_(flat);
        }
    }

    private void checkRank(String method, int rank) {
        if (rank >= 0 && rank < world()) return;
        throw new IllegalArgumentException("ProcessGroup." + method + ": expected a rank from 0 to below " + world()
                + ". Received " + rank);
    }

    private void checkPeer(String method, int rank) {
        checkRank(method, rank);
        if (rank == rank()) {
            throw new IllegalArgumentException("ProcessGroup." + method + ": expected another rank. Received this one, "
                    + rank);
        }
    }

    /** Waits for the others, unless it is broken, and ends the connections. Closing again does nothing. */
    @Override public void close() {
        if (peers.isClosed()) return;
        peers.close();
        if (!ownsLobby) return;
        if (peers.isBroken()) lobby.linger();
        lobby.close();
    }
}
