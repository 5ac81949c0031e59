package dev.merapi.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.zip.CRC32C;

/**
 * A file of scalars and pictures over steps that TensorBoard reads.
 *
 * <pre>{@code
 * try (var events = EventFile.in(Path.of("runs/mnist"))) {
 *     events.scalar("train/loss", step, loss);
 * }
 * }</pre>
 *
 * Each event is on the disk's way when its method returns, so that TensorBoard shows a running training, and a killed
 * one is complete up to there.
 *
 * @see <a href="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/util/event.proto">event.proto</a>
 * @see <a href="https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details">TFRecord framing</a>
 */
public final class EventFile implements AutoCloseable {
    private static final int CRC_MASK = 0xa282ead8;

    private final Path path;
    private final OutputStream out; // which, unlike a channel, an interrupt does not close

    private EventFile(Path path, OutputStream out) {
        this.path = path;
        this.out = out;
    }

    /** Begins a new file in a folder, which is made if need be. */
    public static EventFile in(Path folder) {
        // TensorBoard sorts the files of a folder by name: seconds first, nanoseconds to tell them apart
        var now = Instant.now();
        Path path = folder.resolve(
                "events.out.tfevents.%010d.merapi.%09d".formatted(now.getEpochSecond(), now.getNano()));
        try {
            Files.createDirectories(folder);
            var events = new EventFile(path,
                    Files.newOutputStream(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
            events.record(event(now, 0).text(3, "brain.Event:2"));
            return events;
        } catch (IOException e) {
            throw FileErrors.writing(path, e);
        }
    }

    /** Lets TensorBoard forget what earlier files of the folder hold from {@code step} on: a resumed run repeats it. */
    public void restartAt(long step) {
        try {
            record(event(Instant.now(), step).bytes(7, new Message().varint(1, 1).toByteArray())); // SessionLog.START
        } catch (IOException e) {
            throw FileErrors.writing(path, e);
        }
    }

    /** Adds a value; a tag with a slash is grouped by what stands before it. */
    public void scalar(String tag, long step, double value) {
        add(step, new Message().text(1, tag).fixed32(2, Float.floatToIntBits((float) value)));
    }

    /** Adds a picture of the given size, encoded as PNG. */
    public void image(String tag, long step, int height, int width, byte[] png) {
        var image = new Message().varint(1, height).varint(2, width).varint(3, 3).bytes(4, png);
        add(step, new Message().text(1, tag).bytes(4, image.toByteArray()));
    }

    private void add(long step, Message value) {
        var summary = new Message().bytes(1, value.toByteArray());
        try {
            record(event(Instant.now(), step).bytes(5, summary.toByteArray()));
        } catch (IOException e) {
            throw FileErrors.writing(path, e);
        }
    }

    private static Message event(Instant time, long step) {
        double seconds = time.getEpochSecond() + time.getNano() / 1e9;
        return new Message().fixed64(1, Double.doubleToLongBits(seconds)).varint(2, step);
    }

    private void record(Message message) throws IOException {
        byte[] data = message.toByteArray();
        byte[] length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(data.length).array();
        var record = ByteBuffer.allocate(data.length + 16).order(ByteOrder.LITTLE_ENDIAN)
                .put(length).putInt(maskedCrc(length)).put(data).putInt(maskedCrc(data));
        out.write(record.array());
    }

    /** CRC-32C, rotated and shifted so that the sum of data holding sums is no trivial one. */
    static int maskedCrc(byte[] data) {
        var crc = new CRC32C();
        crc.update(data);
        return Integer.rotateRight((int) crc.getValue(), 15) + CRC_MASK;
    }

    @Override public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw FileErrors.writing(path, e);
        }
    }

    /** A protocol-buffer message as it is written: field numbers with wire types, then values. */
    static final class Message extends ByteArrayOutputStream {
        Message varint(int field, long value) {
            raw(field << 3);
            return raw(value);
        }

        Message fixed64(int field, long bits) {
            raw(field << 3 | 1).writeBytes(littleEndian(8).putLong(bits).array());
            return this;
        }

        Message fixed32(int field, int bits) {
            raw(field << 3 | 5).writeBytes(littleEndian(4).putInt(bits).array());
            return this;
        }

        Message bytes(int field, byte[] value) {
            raw(field << 3 | 2).raw(value.length).writeBytes(value);
            return this;
        }

        Message text(int field, String value) { return bytes(field, value.getBytes(StandardCharsets.UTF_8)); }

        private Message raw(long value) {
            long rest = value;
            for (; (rest & ~0x7fL) != 0; rest >>>= 7) write((int) (rest & 0x7f | 0x80));
            write((int) rest);
            return this;
        }

        private static ByteBuffer littleEndian(int size) {
            return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        }
    }
}
