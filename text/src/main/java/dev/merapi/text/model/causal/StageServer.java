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
 * try (var model = Llama.load(folder, DType.BFLOAT16, Stage.of(12, 24));
 *         var server = StageServer.start(model, "0.0.0.0", 9000, token)) {
 *     server.await();
 * }
 * }</pre>
 */
public final class StageServer implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(StageServer.class.getName());
    private static final int GREETING = 10_000; // milliseconds in which one who comes has to say who he is
    private static final int MOST = 64; // connections at a time

    private final CausalLm model;
    private final Stage stage;
    private final String token;
    private final ServerSocket socket;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    private StageServer(CausalLm model, Stage stage, String token, ServerSocket socket) {
        this.model = model;
        this.stage = stage;
        this.token = token;
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
        var stage = model.stage().filter(own -> !own.ends()).orElseThrow(() -> Expect.error("StageServer", "a model"
                + " loaded as Stage.of(from, to)", "a whole one, or its first stage"));
        try {
            var address = InetAddress.getByName(host);
            Expect.that(address.isLoopbackAddress() || !token.isEmpty(), "token", "one where other machines can reach "
                    + host, "none");
            var socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(address, port));
            var server = new StageServer(model, stage, token, socket);
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
                boolean same = asked.isEmpty() || asked.equals(model.identity());
                wire.send(Message.of(same ? stage.from() + " " + stage.to() : "another"));
                one.setSoTimeout(0); // the next text may be asked for at any time
                while (same) {
                    try (var _ = Scope.open(); var _ = Torch.inference(); var _ = model.evaluating()) {
                        var question = wire.receive();
                        wire.send(answer(work, question));
                    }
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

    private static Message answer(StageWork work, Message question) {
        try {
            return new Message("", List.of(), work.read(question.steps(), question.tensor()));
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
