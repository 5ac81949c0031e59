package dev.merapi.protect.federated;

import dev.merapi.tensor.Expect;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/**
 * Takes part in a federation of another machine: calls its server, and does what that asks for until it says stop. The
 * connection is the client's own, so that no port of its is to be open. Where it breaks it is made again.
 *
 * <pre>{@code
 * GrpcClient.of("fed.example.org:7443", client).token(token).trust(Path.of("server.pem")).run();
 * }</pre>
 */
public final class GrpcClient {
    private static final long PAUSE_MILLIS = 1000; // between attempts

    private final String address;
    private final FederatedClient<?> client;
    private String token = "";
    private Path trust;
    private boolean plain;
    private double patienceSeconds = 300;

    private GrpcClient(String address, FederatedClient<?> client) {
        Expect.that(address.matches("[^:]+:\\d{1,5}"), "GrpcClient", "a server as host:port", address);
        this.address = address;
        this.client = client;
    }

    /** For a server at {@code host:port}. */
    public static GrpcClient of(String address, FederatedClient<?> client) { return new GrpcClient(address, client); }

    /** What the server's owner gave to the client of this name. */
    public GrpcClient token(String token) {
        this.token = token;
        return this;
    }

    /** A PEM file with the certificate of the server, or of who signed it; those of the Java runtime unless set. */
    public GrpcClient trust(Path certificate) {
        this.trust = certificate;
        return this;
    }

    /** Without TLS: for a server on this machine. */
    public GrpcClient plain() {
        this.plain = true;
        return this;
    }

    /** How long it tries to reach a server that does not answer; 300 s unless set. */
    public GrpcClient patience(double seconds) {
        Expect.positive("GrpcClient.patience", seconds);
        this.patienceSeconds = seconds;
        return this;
    }

    /**
     * Works until the server says stop.
     *
     * @throws IllegalArgumentException if the server refuses this client, or its certificate is not the trusted one
     * @throws IllegalStateException if the server is not there for longer than the patience
     */
    public void run() {
        var channel = channel();
        try {
            long last = System.nanoTime();
            while (true) {
                var session = new Session();
                session.begin(channel);
                if (session.work()) return;
                if (session.welcome) last = System.nanoTime();
                expectCertificate(session.failure);
                if (System.nanoTime() - last > patienceSeconds * 1e9) {
                    throw new IllegalStateException("GrpcClient: expected the server " + address + " to answer within "
                            + patienceSeconds + " s. Received " + reason(session.failure), session.failure);
                }
                Thread.sleep(PAUSE_MILLIS);
                channel.resetConnectBackoff();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            channel.shutdownNow();
        }
    }

    private ManagedChannel channel() {
        var builder = NettyChannelBuilder.forTarget("dns:///" + address).maxInboundMessageSize(Wire.MOST_BYTES)
                .keepAliveTime(10, TimeUnit.SECONDS).keepAliveTimeout(10, TimeUnit.SECONDS);
        if (plain) return builder.usePlaintext().build();
        if (trust == null) return builder.useTransportSecurity().build();
        try {
            return builder.sslContext(GrpcSslContexts.forClient().trustManager(trust.toFile()).build()).build();
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException("GrpcClient: expected a certificate as a PEM file to trust. Received "
                    + trust + ": " + (e.getCause() == null ? e : e.getCause()).getMessage(), e);
        }
    }

    private void expectCertificate(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (!(cause instanceof SSLException)) continue;
            throw new IllegalArgumentException("GrpcClient: expected the server " + address + " to have the certificate"
                    + " that is trusted" + (trust == null ? "" : ", of " + trust)
                    + ", for its name. Received another, or no TLS: " + cause.getMessage(), failure);
        }
    }

    private static String reason(Throwable failure) {
        var status = Status.fromThrowable(failure);
        String cause = status.getCause() == null ? "" : ": " + status.getCause().getMessage();
        return status.getCode() + " " + status.getDescription() + cause;
    }

    /** One connection, from challenge to end. */
    private final class Session implements StreamObserver<byte[]> {
        private static final byte[] END = new byte[0];

        private final BlockingQueue<byte[]> inbox = new LinkedBlockingQueue<>();
        private StreamObserver<byte[]> out;
        private volatile Throwable failure = new IOException("the server has ended the connection");
        private volatile boolean welcome;

        void begin(ManagedChannel channel) {
            out = ClientCalls.asyncBidiStreamingCall(channel.newCall(Wire.WORK, CallOptions.DEFAULT), this);
        }

        @Override public void onNext(byte[] wire) { inbox.add(wire); }

        @Override public void onError(Throwable t) {
            failure = t;
            inbox.add(END);
        }

        @Override public void onCompleted() { inbox.add(END); }

        /** Whether the server said stop; false where the connection broke. */
        boolean work() throws InterruptedException {
            while (true) {
                byte[] wire = inbox.take();
                if (wire == END) return false;
                var asked = Message.decode(wire);
                switch (asked.kind()) {
                    case "challenge" -> out.onNext(Message.of("join", "name", client.name(), "version", Wire.VERSION,
                            "model", client.fingerprint(), "proof",
                            Token.proof(token, asked.text("challenge"), client.name())).encode());
                    case "welcome" -> welcome = true;
                    case "refused" -> throw new IllegalArgumentException(asked.text("reason"));
                    case "stop" -> {
                        out.onCompleted();
                        return true;
                    }
                    default -> answer(asked);
                }
            }
        }

        private void answer(Message asked) {
            var answer = client.answer(asked);
            var values = new LinkedHashMap<>(answer.values());
            values.put("id", asked.values().get("id"));
            try {
                out.onNext(new Message(answer.kind(), values, answer.bytes()).encode());
            } catch (IllegalStateException e) {
                failure = e; // the call is over, as the inbox says next
            }
        }
    }
}
