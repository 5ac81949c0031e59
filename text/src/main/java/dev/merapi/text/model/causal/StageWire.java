package dev.merapi.text.model.causal;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * One end of the connection between a model's first stage and another. It begins with random bytes of both, from which
 * and from the token, which never travels, each direction has a key of its own. A frame is its length, its bytes, and
 * their HMAC-SHA256 under that key with the frame's number: what was damaged, is of another, or was heard before is
 * refused. Nothing is encrypted.
 */
final class StageWire implements AutoCloseable {
    /** A frame that is not what the other end sent, by its check: or the ends have different tokens. */
    static final class Damaged extends IOException {
        private static final long serialVersionUID = 1;

        Damaged(String message) { super(message); }
    }

    private static final long MAGIC = 0x4d65726170695331L; // "MerapiS1"
    private static final int RANDOM = 16;
    private static final int CHECK = 32;
    private static final int FEW = 1 << 16; // bytes of a frame of one who has not proved its token
    private static final int MOST = Integer.MAX_VALUE - 64;
    private static final int MOST_DIMENSIONS = 8;

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private final Direction sends, receives;

    /** Of one direction: its key, and how many frames there were. */
    private static final class Direction {
        private final Mac mac;
        private long frames;

        Direction(byte[] key, String name) { mac = mac(mac(key).doFinal(bytes(name))); }

        byte[] check(ByteBuffer frame) {
            mac.update(ByteBuffer.allocate(12).putLong(frames++).putInt(frame.remaining()).flip());
            mac.update(frame);
            return mac.doFinal();
        }
    }

    private StageWire(Socket socket, String token, boolean asks) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        in = new DataInputStream(socket.getInputStream());
        out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
        byte[] own = new byte[RANDOM], other = new byte[RANDOM];
        new SecureRandom().nextBytes(own);
        out.writeLong(MAGIC);
        out.write(own);
        out.flush();
        if (in.readLong() != MAGIC) throw new Damaged("it is no stage of a model");
        in.readFully(other);
        var mac = mac(Identity.sha256().digest(bytes(token)));
        mac.update(asks ? own : other);
        mac.update(asks ? other : own);
        byte[] key = mac.doFinal();
        sends = new Direction(key, asks ? "asks" : "answers");
        receives = new Direction(key, asks ? "answers" : "asks");
    }

    /** The end that asks. */
    static StageWire asking(Socket socket, String token) throws IOException {
        return new StageWire(socket, token, true);
    }

    /** The end that answers. */
    static StageWire answering(Socket socket, String token) throws IOException {
        return new StageWire(socket, token, false);
    }

    private static byte[] bytes(String text) { return text.getBytes(StandardCharsets.UTF_8); }

    private static Mac mac(byte[] key) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e); // every Java has it
        }
    }

    /** A frame: a text, what to do, and a tensor or null. */
    record Message(String text, List<long[]> steps, Tensor tensor) {
        static Message of(String text) { return new Message(text, List.of(), null); }
    }

    void send(Message message) throws IOException {
        byte[] text = bytes(message.text);
        try (var _ = Scope.open()) {
            Tensor x = message.tensor == null ? null : message.tensor.detach().to(Device.CPU).contiguous();
            long size = 12L + text.length + message.steps.stream().mapToLong(step -> 4 + 8L * step.length).sum()
                    + (x == null ? 0 : 4 + 8L * x.rank() + x.numel() * x.dtype().bytes());
            if (size > MOST) throw Expect.error("Stages", "at most 2 GiB at once; read fewer tokens", size + " bytes");
            var frame = ByteBuffer.allocate((int) size);
            frame.putInt(text.length).put(text).putInt(message.steps.size());
            for (long[] step : message.steps) {
                frame.putInt(step.length);
                for (long value : step) frame.putLong(value);
            }
            frame.putInt(x == null ? -1 : x.dtype().ordinal());
            if (x != null) {
                frame.putInt(x.rank());
                for (long dimension : x.shape()) frame.putLong(dimension);
                frame.put(Tensor.call("view", "dtype", x, DType.UINT8).toBytes()); // a segment costs more to close
            }
            out.writeInt((int) size);
            out.write(frame.array());
            out.write(sends.check(frame.flip()));
            out.flush();
        }
    }

    /**
     * Waits for the next message; its tensor is on the CPU.
     *
     * @throws Damaged unless it is what the other end sent
     * @throws EOFException if there is none any more
     */
    Message receive() throws IOException {
        int size = in.readInt();
        if (size < 12 || size > (receives.frames == 0 ? FEW : MOST)) throw damaged();
        byte[] bytes = in.readNBytes(size), check = in.readNBytes(CHECK);
        if (check.length < CHECK) throw new EOFException();
        var frame = ByteBuffer.wrap(bytes);
        if (!MessageDigest.isEqual(check, receives.check(frame.duplicate()))) throw damaged();
        return read(frame);
    }

    private Damaged damaged() {
        return new Damaged(receives.frames < 2 ? "its token is another, or the connection is damaged"
                : "the connection is damaged");
    }

    private static Message read(ByteBuffer frame) {
        byte[] text = new byte[frame.getInt()];
        frame.get(text);
        var steps = new ArrayList<long[]>();
        for (int left = frame.getInt(); left > 0; left--) {
            var step = new long[frame.getInt()];
            for (int i = 0; i < step.length; i++) step[i] = frame.getLong();
            steps.add(step);
        }
        int type = frame.getInt();
        return new Message(new String(text, StandardCharsets.UTF_8), steps, type < 0 ? null
                : tensor(DType.values()[type], frame));
    }

    private static Tensor tensor(DType type, ByteBuffer frame) {
        var shape = new long[Math.clamp(frame.getInt(), 0, MOST_DIMENSIONS)];
        for (int i = 0; i < shape.length; i++) shape[i] = frame.getLong();
        return Tensor.of(MemorySegment.ofBuffer(frame.slice()), type, shape);
    }

    @Override public void close() {
        try {
            socket.close();
        } catch (IOException e) { // it is of no use any more
        }
    }
}
