package dev.merapi.text.convert;

import dev.merapi.io.FileErrors;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Files as memory, and tensors from it. */
final class MappedFile {
    private MappedFile() {}

    /** The file's bytes, read when they are first used. */
    static MemorySegment open(Path file) {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
    }

    /** A copy of little-endian values. */
    static Tensor tensor(MemorySegment bytes, DType type, long[] shape) {
        var tensor = Tensor.empty(Device.CPU, type, shape);
        tensor.segment().copyFrom(bytes);
        return tensor;
    }
}
