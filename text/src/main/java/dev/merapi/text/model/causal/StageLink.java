package dev.merapi.text.model.causal;

import dev.merapi.text.model.causal.StageWire.Message;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** A connection to a stage. */
final class StageLink implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(10);

    /** What a stage answers if it has failed begins so. */
    static final String FAILED = "failed: ";

    private final String at;
    private final StageWire wire;
    private final Duration limit;

    private StageLink(String at, StageWire wire, Duration limit) {
        this.at = at;
        this.wire = wire;
        this.limit = limit;
    }

    /**
     * @param at host:port
     * @param limit how long an answer may take
     * @throws StageException if nobody listens there, or one who is no stage
     */
    static StageLink open(String at, String token, Duration limit) {
        int colon = at.lastIndexOf(':');
        SocketChannel channel = null;
        try {
            channel = SocketChannel.open(); // whose reads end when the thread is interrupted
            var socket = channel.socket();
            socket.connect(new InetSocketAddress(at.substring(0, colon), Integer.parseInt(at.substring(colon + 1))),
                    (int) CONNECT.toMillis());
            socket.setSoTimeout((int) Math.min(CONNECT.toMillis(), limit.toMillis()));
            var wire = StageWire.asking(socket, token);
            socket.setSoTimeout((int) Math.min(Integer.MAX_VALUE, limit.toMillis()));
            return new StageLink(at, wire, limit);
        } catch (IOException | RuntimeException e) {
            close(channel);
            throw new StageException("The stage at " + at + " cannot be reached: " + reason(e, CONNECT)
                    + ". Is it running, and can this machine reach it?", e);
        }
    }

    private static void close(SocketChannel channel) {
        try {
            if (channel != null) channel.close();
        } catch (IOException e) { // it is of no use any more
        }
    }

    /** @throws StageException if it does not answer, or has failed */
    Message ask(Message question) {
        send(question);
        return receive();
    }

    /** @throws StageException if it is lost */
    void send(Message question) {
        try {
            wire.send(question);
        } catch (IOException | RuntimeException e) {
            throw lost(e);
        }
    }

    /** @throws StageException if it does not answer, or has failed */
    Message receive() {
        Message answer;
        try {
            answer = wire.receive();
        } catch (IOException | RuntimeException e) {
            throw lost(e);
        }
        if (!answer.text().startsWith(FAILED)) return answer;
        throw new StageException("The stage at " + at + " has failed: " + answer.text().substring(FAILED.length()),
                null);
    }

    private StageException lost(Exception e) {
        return new StageException("The stage at " + at + " is lost: " + reason(e, limit)
                + ". Texts that it was reading have to begin anew.", e);
    }

    private static String reason(Exception e, Duration limit) {
        return switch (e) {
            case SocketTimeoutException _ -> "it was silent for " + limit.toMillis() / 1000.0 + " s";
            case EOFException _ -> "it has closed the connection";
            case ClosedByInterruptException _ -> "this process is closing";
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    }

    String at() { return at; }

    @Override public void close() { wire.close(); }
}
