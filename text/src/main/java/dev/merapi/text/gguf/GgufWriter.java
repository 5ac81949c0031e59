package dev.merapi.text.gguf;

import dev.merapi.io.AtomicFiles;
import dev.merapi.io.LazyTensor;
import dev.merapi.tensor.Scope;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Writes GGUF files of version 3. */
final class GgufWriter {
    private static final int PIECE = 1 << 16; // numbers that are turned at a time

    private final ByteArrayOutputStream head = new ByteArrayOutputStream();

    private GgufWriter() {}

    /** @param type of matrices; of F16 where its blocks do not fit a row, and float32 for all else */
    static void write(Path file, Map<String, Object> settings, Map<String, LazyTensor> tensors, GgmlType type) {
        AtomicFiles.write(file, channel -> {
            var writer = new GgufWriter();
            writer.header(settings, tensors, type);
            write(channel, ByteBuffer.wrap(writer.head.toByteArray()));
            for (var tensor : tensors.values()) {
                pad(channel);
                write(channel, tensor, of(tensor, type));
            }
            pad(channel);
        });
    }

    private static GgmlType of(LazyTensor tensor, GgmlType type) {
        if (tensor.shape().length < 2) return GgmlType.F32;
        return tensor.shape()[1] % type.block == 0 ? type : GgmlType.F16;
    }

    private void header(Map<String, Object> settings, Map<String, LazyTensor> tensors, GgmlType type) {
        int32(GgufFile.MAGIC);
        int32(3);
        int64(tensors.size());
        int64(settings.size());
        settings.forEach((key, value) -> {
            text(key);
            int32(typeOf(value));
            value(value);
        });
        long offset = 0;
        for (var entry : tensors.entrySet()) {
            long[] shape = entry.getValue().shape();
            text(entry.getKey());
            int32(shape.length);
            long numbers = 1;
            for (int i = shape.length - 1; i >= 0; i--) {
                int64(shape[i]);
                numbers *= shape[i];
            }
            var kept = of(entry.getValue(), type);
            int32(kept.id);
            int64(offset);
            offset = aligned(offset + kept.bytes(numbers));
        }
    }

    private static int typeOf(Object value) {
        return switch (value) {
            case Integer i -> i < 0 ? 5 : 4;
            case Float _ -> 6;
            case Boolean _ -> 7;
            case String _ -> 8;
            case List<?> _ -> 9;
            default -> throw new IllegalArgumentException("GgufWriter: no type for " + value.getClass());
        };
    }

    private void value(Object value) {
        switch (value) {
            case Integer i -> int32(i);
            case Float f -> int32(Float.floatToIntBits(f));
            case Boolean b -> head.write(b ? 1 : 0);
            case String s -> text(s);
            case List<?> list -> {
                int32(list.isEmpty() ? 8 : list.getFirst() instanceof Integer ? 5 : typeOf(list.getFirst()));
                int64(list.size());
                list.forEach(this::value);
            }
            default -> throw new AssertionError(value);
        }
    }

    private void int32(int value) { bytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value)); }

    private void int64(long value) { bytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value)); }

    private void bytes(ByteBuffer buffer) { head.writeBytes(buffer.array()); }

    private void text(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        int64(bytes.length);
        head.writeBytes(bytes);
    }

    private static long aligned(long position) {
        return (position + GgufFile.ALIGNMENT - 1) / GgufFile.ALIGNMENT * GgufFile.ALIGNMENT;
    }

    private static void pad(FileChannel channel) throws IOException {
        write(channel, ByteBuffer.allocate((int) (aligned(channel.position()) - channel.position())));
    }

    private static void write(FileChannel channel, LazyTensor tensor, GgmlType type) throws IOException {
        try (var _ = Scope.open(); var arena = Arena.ofConfined()) {
            var source = tensor.values().get().segment();
            long numbers = source.byteSize() / Float.BYTES;
            var values = new float[(int) Math.min(numbers, PIECE)];
            var buffer = arena.allocate(Math.max(1, type.bytes(values.length)));
            for (long at = 0; at < numbers; at += values.length) {
                int now = (int) Math.min(values.length, numbers - at);
                MemorySegment.copy(source, ValueLayout.JAVA_FLOAT, at * Float.BYTES, values, 0, now);
                for (int i = 0; i < now; i += type.block) type.encode(values, i, buffer, type.bytes(i));
                write(channel, buffer.asSlice(0, type.bytes(now)).asByteBuffer());
            }
        }
    }

    private static void write(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) channel.write(buffer);
    }
}
