package dev.merapi.protect.federated;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;

/** The clients that have called and proved who they are. */
final class GrpcHub implements Peers, AutoCloseable {
    private static final Logger LOG = System.getLogger(GrpcHub.class.getName());

    private final byte[] secret;
    private final String fingerprint;
    private final Map<String, Caller> callers = new ConcurrentSkipListMap<>();
    private final Server server;

    /**
     * @param port 0 for any
     * @param certificate PEM, or null for a server without TLS
     * @param key of the certificate, PEM
     * @throws UncheckedIOException if the port is taken
     * @throws IllegalArgumentException if certificate and key are none
     */
    GrpcHub(int port, byte[] secret, String fingerprint, Path certificate, Path key) {
        this.secret = secret;
        this.fingerprint = fingerprint;
        var builder = NettyServerBuilder.forPort(port).maxInboundMessageSize(Wire.MOST_BYTES)
                .permitKeepAliveTime(5, TimeUnit.SECONDS).permitKeepAliveWithoutCalls(true)
                .keepAliveTime(10, TimeUnit.SECONDS).keepAliveTimeout(10, TimeUnit.SECONDS)
                .addService(ServerServiceDefinition.builder("merapi.Federation")
                        .addMethod(Wire.WORK, ServerCalls.asyncBidiStreamingCall(this::connect)).build());
        if (certificate != null) secure(builder, certificate.toFile(), key.toFile());
        try {
            server = builder.build().start();
        } catch (IOException e) {
            throw new UncheckedIOException("Federation: could not listen on port " + port + ": "
                    + (e.getCause() == null ? e : e.getCause()).getMessage() + ". Choose another by port=…", e);
        }
    }

    private static void secure(NettyServerBuilder builder, File certificate, File key) {
        try {
            builder.useTransportSecurity(certificate, key);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("Federation: expected a certificate and its unencrypted key as PEM"
                    + " files, -----BEGIN CERTIFICATE----- and -----BEGIN PRIVATE KEY-----. Received " + certificate
                    + " and " + key + ": " + (e.getCause() == null ? e : e.getCause()).getMessage(), e);
        }
    }

    int port() { return server.getPort(); }

    @Override public List<Peer> connected(int least, double seconds) {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        synchronized (callers) {
            while (callers.size() < least) {
                long left = (end - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    throw new IllegalStateException("Federation: expected at least " + least
                            + " clients to be connected within " + seconds + " s. Received " + callers.keySet());
                }
                try {
                    callers.wait(left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("Federation: interrupted while waiting for clients", e);
                }
            }
            return List.copyOf(callers.values());
        }
    }

    private StreamObserver<byte[]> connect(StreamObserver<byte[]> out) {
        var caller = new Caller(out);
        caller.send(Message.of("challenge", "challenge", caller.challenge));
        return caller;
    }

    /** Tells all clients that there is no more to do. */
    void stop() { callers.values().forEach(caller -> caller.send(Message.of("stop"))); }

    /** Closes all connections; clients that were not told to {@link #stop} call again. */
    @Override public void close() {
        server.shutdown();
        try {
            if (!server.awaitTermination(5, TimeUnit.SECONDS)) server.shutdownNow();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            server.shutdownNow();
        }
    }

    /** One connection. */
    private final class Caller implements Peer, StreamObserver<byte[]> {
        final String challenge = Keys.encode(Keys.random(32));
        private final StreamObserver<byte[]> out;
        private String name; // null: not yet known
        private CompletableFuture<Message> awaited = new CompletableFuture<>();
        private int asked; // number of the last question
        private boolean gone;
        private long sent;
        private long received;

        Caller(StreamObserver<byte[]> out) { this.out = out; }

        @Override public String name() { return name; }

        @Override public synchronized long sent() { return sent; }

        @Override public synchronized long received() { return received; }

        synchronized void send(Message message) {
            if (gone) return;
            byte[] wire = message.encode();
            sent += wire.length;
            try {
                out.onNext(wire);
            } catch (RuntimeException e) {
                end("gone: " + e.getMessage());
            }
        }

        /** The answer to what is asked last: a straggler's to an earlier round carries another number. */
        @Override public synchronized CompletableFuture<Message> ask(Message message) {
            awaited = new CompletableFuture<>();
            asked++;
            if (gone) {
                awaited.completeExceptionally(new IOException("gone"));
                return awaited;
            }
            var numbered = new LinkedHashMap<>(message.values());
            numbered.put("id", asked);
            send(new Message(message.kind(), numbered, message.bytes()));
            return awaited;
        }

        @Override public synchronized void onNext(byte[] wire) {
            received += wire.length;
            try {
                var message = Message.decode(wire);
                if (name == null) join(message);
                else if (message.values().get("id") instanceof Integer id && id == asked) awaited.complete(message);
            } catch (IllegalArgumentException e) {
                refuse(e.getMessage());
            }
        }

        private void join(Message message) {
            String who = message.text("name");
            if (message.integer("version") != Wire.VERSION) {
                throw new IllegalArgumentException("Federation: expected a client of protocol " + Wire.VERSION
                        + ". Received " + message.integer("version")
                        + "; use the same version of Merapi on both sides.");
            }
            if (!Token.isProof(secret, challenge, who, message.text("proof"))) {
                throw new IllegalArgumentException("Federation: expected the token of " + who
                        + ". Received a proof that is"
                        + " not by it, or an old one; the server's owner gives tokens by merapi federate token.");
            }
            if (!fingerprint.equals(message.text("model"))) {
                throw new IllegalArgumentException("Federation: expected a model of the server's architecture, "
                        + fingerprint + ". Received " + message.text("model") + " from " + who
                        + "; use the recipe and model settings of the server.");
            }
            name = who;
            synchronized (callers) {
                var before = callers.put(who, this);
                if (before != null) before.end("replaced by a newer connection of the same client");
                callers.notifyAll();
            }
            send(Message.of("welcome"));
            LOG.log(Logger.Level.INFO, "Federation: " + who + " is here");
        }

        private void refuse(String reason) {
            LOG.log(Logger.Level.WARNING, reason);
            send(Message.of("refused", "reason", reason));
            end(reason);
            try {
                out.onCompleted();
            } catch (RuntimeException e) {
                LOG.log(Logger.Level.DEBUG, "already closed", e);
            }
        }

        private void end(String reason) {
            synchronized (callers) {
                if (name != null) callers.remove(name, this);
            }
            synchronized (this) {
                gone = true;
                awaited.completeExceptionally(new IOException(reason));
            }
        }

        @Override public void onError(Throwable t) { end("the connection broke: " + t.getMessage()); }

        @Override public void onCompleted() {
            end("left");
            try {
                out.onCompleted();
            } catch (RuntimeException e) {
                LOG.log(Logger.Level.DEBUG, "already closed", e);
            }
        }
    }
}
