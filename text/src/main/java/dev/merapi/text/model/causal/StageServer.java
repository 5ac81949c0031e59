package dev.merapi.text.model.causal;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.causal.StageWire.Message;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Lets another process use the blocks of a model that are here. Each connection is of one decoding, whose keys and
 * values are kept here until it is closed.
 *
 * <pre>{@code
 * try (var model = Llama.load(folder, Bits.BFLOAT16, Stage.of(12, 24));
 *         var server = StageServer.start(model, "0.0.0.0", 9000, token)) {
 *     server.await();
 * }
 * }</pre>
 */
public final class StageServer implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(StageServer.class.getName());
    private static final int GREETING = 10_000; // milliseconds in which one who comes has to say who he is
    private static final Duration LIMIT = Duration.ofMinutes(1); // for an answer of another part
    private static final int MOST = 64; // connections at a time

    private final CausalLm model;
    private final Stage stage;
    private final Share share;
    private final String identity; // what one says who asks for it
    private final String token;
    private final List<String> others;
    private final ServerSocket socket;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    private StageServer(CausalLm model, Stage stage, String token, List<String> others, ServerSocket socket) {
        this.model = model;
        this.stage = stage;
        this.token = token;
        this.others = others;
        share = model.share().orElse(new Share(0, 1));
        identity = identity(share);
        this.socket = socket;
    }

    /**
     * Listens from now on.
     *
     * @param model loaded as a {@link Stage}; stays the caller's to close, after this
     * @param host the address that it listens at
     * @param port 0 for any that is free
     * @param token who does not have it is refused; empty for none, at this machine's own address alone
     * @throws IllegalArgumentException for a port that is in use, a whole model, and an address that other machines
     *     reach, without a token
     */
    public static StageServer start(CausalLm model, String host, int port, String token) {
        return start(model, host, port, token, List.of());
    }

    /**
     * The same of a stage in parts, of which this one, the first, is asked; it asks the others.
     *
     * @param others {@code host:port} of the other parts, in their order: servers with the same token, of models that
     *     are loaded as such a {@link Share}. Those are started without
     * @throws IllegalArgumentException as above, and if there are more or fewer than the other parts
     */
    public static StageServer start(CausalLm model, String host, int port, String token, List<String> others) {
        var share = model.share().orElse(new Share(0, 1));
        int wanted = share.index() == 0 ? share.of() - 1 : 0;
        Expect.that(others.size() == wanted, "others", "as many places as there are other parts, " + wanted + ", for "
                + share, others);
        var stage = model.stage().filter(own -> !own.ends()).orElseThrow(() -> Expect.error("StageServer", "a model"
                + " loaded as Stage.of(from, to)", "a whole one, or its first stage"));
        try {
            var address = InetAddress.getByName(host);
            Expect.that(address.isLoopbackAddress() || !token.isEmpty(), "token", "one where other machines can reach "
                    + host, "none");
            var socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(address, port));
            var server = new StageServer(model, stage, token, List.copyOf(others), socket);
            Thread.ofPlatform().daemon().name("stage").start(server::accept);
            return server;
        } catch (IOException e) {
            throw new IllegalArgumentException("port: expected one that is free at " + host + ". Received " + port
                    + ": " + e.getMessage(), e);
        }
    }

    /** Where it listens. */
    public int port() { return socket.getLocalPort(); }

    /** Waits until it is closed. */
    public void await() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                var one = socket.accept();
                open.add(one);
                var thread = Thread.ofPlatform().daemon().name("stage " + stage).unstarted(() -> answer(one));
                threads.add(thread);
                if (socket.isClosed() || open.size() > MOST) end(one); // which the thread will see
                thread.start();
            } catch (IOException e) {
                if (!socket.isClosed()) LOG.log(Level.WARNING, "A connection could not be taken", e);
            }
        }
    }

    private void end(Socket one) {
        open.remove(one);
        try {
            one.close();
        } catch (IOException e) { // it is of no use any more
        }
    }

    private void answer(Socket one) {
        try {
            one.setSoTimeout(GREETING);
            try (var wire = StageWire.answering(one, token); var work = new StageWork(model)) {
                String asked = wire.receive().text();
                boolean same = asked.equals(identity) || asked.isEmpty() && !isFollower();
                try (var parts = same ? parts(wire, asked) : StageParts.NONE) {
                    wire.send(Message.of(same ? blocks() : another(asked)));
                    one.setSoTimeout(0); // the next text may be asked for at any time
                    while (same) {
                        try (var _ = Scope.open(); var _ = Torch.inference(); var _ = model.evaluating()) {
                            var question = wire.receive();
                            wire.send(answer(work, question, parts));
                        }
                    }
                } catch (StageException e) { // a part could not be reached
                    wire.send(Message.of(StageLink.FAILED + e.getMessage()));
                }
            }
        } catch (EOFException e) { // the decoding has ended
        } catch (IOException | RuntimeException e) {
            if (!socket.isClosed()) LOG.log(Level.WARNING, "The connection from " + one.getRemoteSocketAddress()
                    + " is ended: " + e.getMessage());
        } finally {
            end(one);
            threads.remove(Thread.currentThread());
        }
    }

    /** As one says who asks for a part of this stage. */
    private String identity(Share part) {
        String own = model.identity() + " " + model.numbers();
        return part.index() == 0 ? own : own + " " + part;
    }

    /** Which they are, and how many parts each has. */
    private String blocks() { return stage.from() + " " + stage.to() + " " + share.of(); }

    private boolean isFollower() { return share.index() > 0; }

    private String another(String asked) {
        boolean same = asked.startsWith(model.identity() + " ");
        if (same && (!isFollower() || asked.endsWith(share.toString()))) {
            return "the same in " + model.numbers() + "; start all stages with the same quantize";
        }
        return isFollower() ? StageLink.FAILED + "it is " + share + " of this stage, of which part 0 is asked"
                : "another";
    }

    /** The other parts, as this one sees them; one who only asks which blocks are here needs none. */
    private StageParts parts(StageWire wire, String asked) {
        if (isFollower()) return new StageParts.Follower(wire);
        if (asked.isEmpty() || others.isEmpty()) return StageParts.NONE;
        var links = new ArrayList<StageLink>();
        var all = new StageParts.Leader(links);
        try {
            for (String at : others) {
                var part = new Share(links.size() + 1, share.of());
                var link = StageLink.open(at, token, LIMIT);
                links.add(link);
                String said = link.ask(Message.of(identity(part))).text();
                if (said.equals(blocks())) continue;
                throw new StageException("At " + at + " is not " + part + " of " + stage + " of this model, in "
                        + model.numbers() + ": " + said, null);
            }
            return all;
        } catch (StageException e) {
            all.close();
            throw e;
        }
    }

    private static Message answer(StageWork work, Message question, StageParts parts) {
        try {
            parts.begin(question);
            return parts.answer(ScopedValue.where(StageParts.NOW, parts).call(() -> work.read(question.steps(),
                    question.tensor())));
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "A step has failed", e);
            return Message.of(StageLink.FAILED + e.getMessage());
        }
    }

    /** Ends all connections, and frees what was remembered. */
    @Override public void close() {
        try {
            socket.close();
            open.forEach(this::end);
            for (var thread : threads) thread.join();
        } catch (IOException e) { // it is of no use any more
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        closed.countDown();
    }
}
