package dev.merapi.tensor;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.PointerConsumer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/** Keeps segments reachable while the engine's storage points into them: a view may outlive the tensor it came from. */
final class SharedMemory {
    private static final Map<Long, ArrayDeque<MemorySegment>> IN_USE = new ConcurrentHashMap<>();

    private static final PointerConsumer RELEASE = new PointerConsumer() {
        @Override public void call(Pointer freed) {
            IN_USE.computeIfPresent(freed.address(), (_, segments) -> {
                segments.pop();
                return segments.isEmpty() ? null : segments;
            });
        }
    };

    private SharedMemory() {}

    static Tensor tensor(MemorySegment segment, DType type, long[] shape) {
        IN_USE.compute(segment.address(), (_, segments) -> {
            var list = segments == null ? new ArrayDeque<MemorySegment>() : segments;
            list.push(segment);
            return list;
        });
        try (var options = new TensorOptions(type.scalarType)) {
            return torch.from_blob(new SegmentPointer(segment), shape, RELEASE, options);
        }
    }

    private static final class SegmentPointer extends Pointer {
        SegmentPointer(MemorySegment segment) {
            address = segment.address();
            limit = capacity = segment.byteSize();
        }
    }
}
