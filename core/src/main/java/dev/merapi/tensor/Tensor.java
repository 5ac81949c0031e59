package dev.merapi.tensor;

import dev.merapi.internal.Aten;
import dev.merapi.internal.Engine;
import dev.merapi.internal.HostReads;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/**
 * An n-dimensional array in native memory, with automatic differentiation.
 *
 * <pre>{@code
 * var x = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
 * var y = x.matmul(x).add(1).relu();
 * IO.println(y);
 * }</pre>
 *
 * Operators follow PyTorch's of the same name in shapes, broadcasting, type promotion and gradients; a trailing
 * underscore means in place. Dimensions count from 0, or from the end with negative numbers. {@link Scope} says when a
 * tensor is freed.
 *
 * <p>Every operator throws {@link IllegalArgumentException} where shapes, types or devices do not fit, and
 * {@link IllegalStateException} for a tensor that is closed.
 */
public sealed class Tensor implements AutoCloseable permits Param, State {
    private final Handle handle;
    private Scope scope; // null: owned, automatic or closed
    private Origin origin; // null: not sent by another device

    /** What was sent, and how often both had been changed then. */
    private record Origin(Tensor tensor, long version, long copyVersion) {}

    Tensor(org.bytedeco.pytorch.Tensor pointer) {
        handle = new Handle(pointer);
        scope = Scope.innermost();
        if (scope != null) {
            scope.add(this);
        } else {
            Activity.withoutScope();
            handle.freeWithGarbage();
        }
    }

    // ---- lifetime

    /**
     * Takes this tensor out of its scope: it lives until {@link #close}, or until it is garbage. For state that
     * outlives the step it was made in, such as a cache.
     */
    public Tensor owned() {
        p();
        scope = null;
        handle.freeWithGarbage();
        return this;
    }

    /**
     * Frees the memory now. Closing again does nothing. Views and the autograd graph keep what they share; its
     * {@link #segment}, and what {@link #onGradient} set on a leaf, end.
     */
    @Override public void close() {
        scope = null;
        handle.free();
    }

    void closeShared() {
        scope = null;
        handle.freeShared();
    }

    /** Whether its memory is freed; any other use of a closed tensor throws {@link IllegalStateException}. */
    public boolean isClosed() { return handle.isFreed(); }

    /** Ends {@code dependent} when this tensor is closed, unless {@link #unbind} comes before. */
    void bind(Guard dependent) { handle.bind(dependent); }

    void unbind(Guard dependent) { handle.unbind(dependent); }

    boolean isIn(Scope some) { return scope == some; }

    void moveTo(Scope target) {
        scope = target;
        target.add(this);
    }

    static long live() { return Handle.live(); }

    /** The engine's own tensor, for operators that Merapi does not offer. It stays ours: do not close it. */
    public org.bytedeco.pytorch.Tensor unwrap() { return handle.pointer(); }

    /**
     * Runs a call of the engine and adopts its result into the innermost scope; the way back from {@link #unwrap}.
     *
     * @param operands for the message, where the call fails; each may be null
     * @throws IllegalArgumentException that says what was expected, the engine's own words and frames in the cause
     */
    public static Tensor wrap(Supplier<org.bytedeco.pytorch.Tensor> call, Tensor... operands) {
        return wrap("", call, (Object[]) operands);
    }

    /**
     * As {@link #wrap(Supplier, Tensor...)}, of one operator, which those who {@link Recording record} hear of.
     *
     * @param name as in {@code aten::name}
     * @param arguments the operator's, in its order; those at the end may be missing where they are its defaults
     */
    public static Tensor wrap(String name, Supplier<org.bytedeco.pytorch.Tensor> call, Object... arguments) {
        Engine.ensureStarted();
        try {
            OneDevice.expect(arguments);
            return Recording.heard(name, new Tensor(call.get()), arguments);
        } catch (RuntimeException e) {
            throw EngineErrors.translate(e, arguments);
        }
    }

    private org.bytedeco.pytorch.Tensor p() { return handle.pointer(); }

    /**
     * Runs an operator.
     *
     * @param name for those who {@link Recording record}, with all its arguments but this tensor
     */
    private Tensor op(String name, Supplier<org.bytedeco.pytorch.Tensor> call, Object... arguments) {
        try {
            OneDevice.expect(this, arguments);
            return Recording.heard(new Tensor(call.get()), name, this, arguments);
        } catch (RuntimeException e) {
            throw EngineErrors.translate(e, this, arguments);
        }
    }

    private Tensor op(String name, Number n, Function<Scalar, org.bytedeco.pytorch.Tensor> call, Tensor... others) {
        return ask(() -> {
            OneDevice.expect(this, others);
            try (Scalar scalar = scalar(n)) {
                return Recording.heard(new Tensor(call.apply(scalar)), name, this, others, n);
            }
        }, others);
    }

    /** Runs an in-place operator, whose result is this tensor. */
    private Tensor inPlace(String name, Consumer<org.bytedeco.pytorch.Tensor> call, Object... arguments) {
        try {
            OneDevice.expect(this, arguments);
            call.accept(p());
            return Recording.heard(this, name, this, arguments);
        } catch (RuntimeException e) {
            throw EngineErrors.translate(e, this, arguments);
        }
    }

    private Tensor inPlace(String name, Number n, Function<Scalar, org.bytedeco.pytorch.Tensor> call,
            Tensor... others) {
        return ask(() -> {
            OneDevice.expect(this, others);
            try (Scalar scalar = scalar(n)) {
                call.apply(scalar);
                return Recording.heard(this, name, this, others, n);
            }
        }, others);
    }

    /** Whatever the engine answers; an error names this tensor and the others. */
    private <T> T ask(Supplier<T> call, Tensor... others) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            throw EngineErrors.translate(e, this, others);
        }
    }

    private static Scalar scalar(Number n) {
        return n instanceof Double || n instanceof Float ? new Scalar(n.doubleValue()) : new Scalar(n.longValue());
    }

    // ---- creation

    // Where no device is said, it is Torch.device(); where no type is said, Torch.dtype(), usually float32.

    /** An uninitialised tensor. */
    public static Tensor empty(long... shape) { return empty(Torch.dtype(), shape); }

    /** An uninitialised tensor. */
    public static Tensor empty(DType type, long... shape) { return empty(Torch.device(), type, shape); }

    /** An uninitialised tensor. */
    public static Tensor empty(Device device, DType type, long... shape) {
        return call("empty", "memory_format", shape, type, null, at(device), null, null);
    }

    /** For an operator that creates: none is the CPU, and a little faster. */
    private static Device at(Device device) { return device.equals(Device.CPU) ? null : device; }

    /** Zeros. */
    public static Tensor zeros(long... shape) { return zeros(Torch.dtype(), shape); }

    /** Zeros. */
    public static Tensor zeros(DType type, long... shape) { return empty(type, shape).zero_(); }

    /** Ones. */
    public static Tensor ones(long... shape) { return ones(Torch.dtype(), shape); }

    /** Ones. */
    public static Tensor ones(DType type, long... shape) { return empty(type, shape).fill_(1); }

    /** One value everywhere; int64 for an integer. */
    public static Tensor full(Number value, long... shape) { return empty(typeOf(value), shape).fill_(value); }

    /** A 0-d tensor. */
    public static Tensor scalar(Number value, DType type) { return empty(type).fill_(value); }

    /** {@code start, start + step, …} below {@code end}; int64 when all three are integers. */
    public static Tensor arange(Number start, Number end, Number step) {
        boolean whole = List.of(start, end, step).stream().noneMatch(Tensor::isReal);
        return arange(Torch.device(), whole ? DType.INT64 : Torch.dtype(), start, end, step);
    }

    private static Tensor arange(Device device, DType type, Number start, Number end, Number step) {
        return call("arange", "start_step", start, end, step, type, null, at(device), null);
    }

    /** 0 to {@code end - 1} in int64. */
    public static Tensor arange(long end) { return arange(0, end, 1); }

    /** {@code steps} values from {@code start} to {@code end}, both included. */
    public static Tensor linspace(double start, double end, long steps) {
        return call("linspace", "", start, end, steps, Torch.dtype(), null, at(Torch.device()), null);
    }

    /** The identity matrix (n, n). */
    public static Tensor eye(long n) { return call("eye", "", n, Torch.dtype(), null, at(Torch.device()), null); }

    /** Uniform in [0, 1). */
    public static Tensor rand(long... shape) { return empty(shape).uniform_(0, 1); }

    /** Standard normal. */
    public static Tensor randn(long... shape) { return empty(shape).normal_(0, 1); }

    /** As {@link #rand(long...)} from a generator, on its device. */
    public static Tensor rand(Rng rng, long... shape) {
        return empty(rng.device(), Torch.dtype(), shape).uniform_(0, 1, rng);
    }

    /** As {@link #randn(long...)} from a generator, on its device. */
    public static Tensor randn(Rng rng, long... shape) {
        return empty(rng.device(), Torch.dtype(), shape).normal_(0, 1, rng);
    }

    /** As {@link #randint(long, long, long...)} from a generator, on its device. */
    public static Tensor randint(Rng rng, long low, long high, long... shape) {
        if (low >= high) {
            throw new IllegalArgumentException("Tensor.randint: expected low < high. Received " + low + " and " + high);
        }
        Tensor drawn = empty(rng.device(), DType.INT64, shape);
        return drawn.apply_("random_", "from", drawn, low, high, rng);
    }

    /** As {@link #randperm(long)} from a generator, on its device. */
    public static Tensor randperm(Rng rng, long n) {
        return call("randperm", "generator", n, rng, DType.INT64, null, at(rng.device()), null);
    }

    /** Uniform integers in [low, high), int64. */
    public static Tensor randint(long low, long high, long... shape) {
        return call("randint", "low", low, high, shape, DType.INT64, null, at(Torch.device()), null);
    }

    /** A random order of 0 to n - 1, int64. */
    public static Tensor randperm(long n) {
        Device device = Torch.device();
        if (device.equals(Device.META)) return empty(DType.INT64, n); // for which the engine has no such operator
        return call("randperm", "", n, DType.INT64, null, at(device), null);
    }

    /** Copies values in row-major order; without a shape, one dimension. */
    public static Tensor of(float[] values, long... shape) { return copyOf(values, DType.FLOAT32, shape); }

    /** Copies values in row-major order, as float64; without a shape, one dimension. */
    public static Tensor of(double[] values, long... shape) { return copyOf(values, DType.FLOAT64, shape); }

    /** Copies values in row-major order, as int64; without a shape, one dimension. */
    public static Tensor of(long[] values, long... shape) { return copyOf(values, DType.INT64, shape); }

    /** Copies values in row-major order, as int32; without a shape, one dimension. */
    public static Tensor of(int[] values, long... shape) { return copyOf(values, DType.INT32, shape); }

    /** Copies values in row-major order, as int16; without a shape, one dimension. */
    public static Tensor of(short[] values, long... shape) { return copyOf(values, DType.INT16, shape); }

    /** Copies bytes in row-major order, as uint8 (so -1 is 255); without a shape, one dimension. */
    public static Tensor of(byte[] values, long... shape) { return copyOf(values, DType.UINT8, shape); }

    /** Copies values in row-major order; without a shape, one dimension. */
    public static Tensor of(boolean[] values, long... shape) {
        var bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) (values[i] ? 1 : 0);
        return copyOf(bytes, DType.BOOL, shape);
    }

    /** Copies rows of one length into (rows, columns), float32. */
    public static Tensor of(float[][] rows) {
        int columns = rows.length == 0 ? 0 : rows[0].length;
        var flat = new float[rows.length * columns];
        for (int i = 0; i < rows.length; i++) {
            if (rows[i].length != columns) {
                throw new IllegalArgumentException("Tensor.of: expected rows of " + columns + " values, as row 0 has."
                        + " Received " + rows[i].length + " in row " + i);
            }
            System.arraycopy(rows[i], 0, flat, i * columns, columns);
        }
        return of(flat, rows.length, columns);
    }

    /**
     * A tensor over native memory, without a copy: writing to one shows in the other. The segment is kept reachable
     * while any view of the tensor lives; its arena must stay open as long. A segment on the Java heap is copied. The
     * tensor is on the CPU, whatever device is in force.
     */
    public static Tensor of(MemorySegment segment, DType type, long... shape) {
        long expected = Shapes.numel(shape) * type.bytes();
        if (segment.byteSize() != expected) {
            throw new IllegalArgumentException("Tensor.of: expected " + expected + " bytes for " + type + " of shape "
                    + Shapes.toString(shape) + ". Received a segment of " + segment.byteSize());
        }
        if (!segment.isNative() || expected == 0) {
            var tensor = empty(Device.CPU, type, shape);
            tensor.memory().copyFrom(segment);
            return tensor;
        }
        return wrap(() -> SharedMemory.tensor(segment, type, shape));
    }

    private static Tensor copyOf(Object array, DType type, long[] shape) {
        int length = Array.getLength(array);
        long[] actual = shape.length == 0 ? new long[] {length} : shape;
        if (Shapes.numel(actual) != length) {
            throw new IllegalArgumentException("Tensor.of: expected " + Shapes.numel(actual) + " values for shape "
                    + Shapes.toString(actual) + ". Received " + length);
        }
        Device device = Torch.device();
        if (device.equals(Device.META)) return empty(type, actual);
        var tensor = empty(Device.CPU, type, actual);
        tensor.memory().copyFrom(Shapes.heapSegment(array));
        if (device.equals(Device.CPU)) return tensor;
        try (tensor) {
            return tensor.to(device);
        }
    }

    private static DType typeOf(Number n) { return isReal(n) ? Torch.dtype() : DType.INT64; }

    private static boolean isReal(Number n) { return n instanceof Double || n instanceof Float; }

    /** An uninitialised tensor of this one's type, on its device. */
    public Tensor newEmpty(long... shape) { return newEmpty(dtype(), shape); }

    /** An uninitialised tensor on this one's device. */
    public Tensor newEmpty(DType type, long... shape) { return make("new_empty", type, shape); }

    /** Zeros of this tensor's type, on its device. */
    public Tensor newZeros(long... shape) { return newZeros(dtype(), shape); }

    /** Zeros on this tensor's device. */
    public Tensor newZeros(DType type, long... shape) { return make("new_zeros", type, shape); }

    /** Ones of this tensor's type, on its device. */
    public Tensor newOnes(long... shape) { return newOnes(dtype(), shape); }

    /** Ones on this tensor's device. */
    public Tensor newOnes(DType type, long... shape) { return make("new_ones", type, shape); }

    private Tensor make(String operator, DType type, long... shape) {
        return call(operator, "", this, shape, type, null, null, null);
    }

    /** One value everywhere, of this tensor's type, on its device. */
    public Tensor newFull(Number value, long... shape) {
        return call("new_full", "", this, shape, value, null, null, null, null);
    }

    /** {@code start, start + step, …} below {@code end}, int64, on this tensor's device. */
    public Tensor newArange(long start, long end, long step) {
        if (step == 0 || start != end && (start < end) != (step > 0)) {
            throw new IllegalArgumentException("Tensor.newArange: expected a step that leads from " + start + " to "
                    + end + ". Received " + step);
        }
        return arange(device(), DType.INT64, start, end, step);
    }

    /** 0 to {@code end - 1}, int64, on this tensor's device. */
    public Tensor newArange(long end) { return newArange(0, end, 1); }

    /** Zeros of this shape, type and device. */
    public Tensor zerosLike() { return op("zeros_like", () -> torch.zeros_like(p())); }

    /** Ones of this shape, type and device. */
    public Tensor onesLike() { return op("ones_like", () -> torch.ones_like(p())); }

    /** A tensor of this shape, type and device with any values. */
    public Tensor emptyLike() { return op("empty_like", () -> torch.empty_like(p())); }

    /** Numbers drawn evenly from [0, 1), of this shape, floating-point type and device. */
    public Tensor randLike() { return op("rand_like", () -> torch.rand_like(p())); }

    /** Numbers of the standard normal distribution, of this shape, floating-point type and device. */
    public Tensor randnLike() { return op("randn_like", () -> torch.randn_like(p())); }

    // ---- what it is

    /** Sizes of all dimensions; empty for a 0-d tensor. */
    public long[] shape() {
        var pointer = p();
        var shape = new long[(int) pointer.dim()];
        for (int i = 0; i < shape.length; i++) shape[i] = pointer.size(i);
        return shape;
    }

    /** The length of an axis; -1 is the last. */
    public long size(long dim) {
        long rank = p().dim();
        if (dim < -rank || dim >= rank) {
            throw new IllegalArgumentException("Tensor.size: expected a dimension"
                    + (rank == 0 ? "; a 0-d tensor has none. Received " : " from " + -rank + " to " + (rank - 1)
                    + ". Received ") + dim);
        }
        return p().size(dim);
    }

    /** Number of dimensions. */
    public int rank() { return (int) p().dim(); }

    /** Number of elements. */
    public long numel() { return p().numel(); }

    /** The type of its elements. */
    public DType dtype() { return DType.of(p().scalar_type()); }

    /** Where its memory lies. */
    public Device device() {
        if (p().is_cpu()) return Device.CPU;
        if (p().is_meta()) return Device.META;
        try (var device = p().device()) {
            return Device.cuda(device.index());
        }
    }

    /** How many elements of memory lie between neighbours, for each dimension. */
    public long[] strides() {
        var pointer = p();
        var strides = new long[(int) pointer.dim()];
        for (int i = 0; i < strides.length; i++) strides[i] = pointer.stride(i);
        return strides;
    }

    /** Whether its elements lie in memory one after the other, the last axis fastest. */
    public boolean isContiguous() { return p().is_contiguous(); }

    /** Values as PyTorch prints them, long ones summarised. */
    @Override public String toString() { return isClosed() ? "Tensor(closed)" : TensorFormat.format(this); }

    /** Type, shape and device in one line, without values: {@code float32 (2, 3) cpu}. */
    public String describe() { return dtype() + " " + Shapes.toString(shape()) + " " + device(); }

    // ---- reading values

    /** The only element, as a double. */
    public double item() {
        checkSingle();
        HostReads.add();
        return p().item_double();
    }

    /** The only element, as a long. */
    public long itemLong() {
        checkSingle();
        HostReads.add();
        return p().item_long();
    }

    /** The only element, as a boolean. */
    public boolean itemBoolean() {
        checkSingle();
        HostReads.add();
        return p().item_bool();
    }

    private void checkSingle() {
        expectValues("item");
        if (numel() != 1) {
            throw new IllegalArgumentException("Tensor.item: expected one element. Received shape "
                    + Shapes.toString(shape()) + "; reduce it first, or use toFloats().");
        }
    }

    /** All values in row-major order, converted to float32. */
    public float[] toFloats() { return read(DType.FLOAT32, s -> s.toArray(ValueLayout.JAVA_FLOAT)); }

    /** All values in row-major order, converted to float64. */
    public double[] toDoubles() { return read(DType.FLOAT64, s -> s.toArray(ValueLayout.JAVA_DOUBLE)); }

    /** All values in row-major order, converted to int64. */
    public long[] toLongs() { return read(DType.INT64, s -> s.toArray(ValueLayout.JAVA_LONG)); }

    /** All values in row-major order, converted to int32. */
    public int[] toInts() { return read(DType.INT32, s -> s.toArray(ValueLayout.JAVA_INT)); }

    /** All values in row-major order, converted to uint8. */
    public byte[] toBytes() { return read(DType.UINT8, s -> s.toArray(ValueLayout.JAVA_BYTE)); }

    /** All values in row-major order; true where not zero. */
    public boolean[] toBooleans() {
        byte[] bytes = read(DType.BOOL, s -> s.toArray(ValueLayout.JAVA_BYTE));
        var values = new boolean[bytes.length];
        for (int i = 0; i < bytes.length; i++) values[i] = bytes[i] != 0;
        return values;
    }

    /** The engine itself has no rule there for some operators: a result of the right shape is ours to give. */
    private boolean isMeta() { return p().is_meta(); }

    private void expectValues(String method) {
        if (!isMeta()) return;
        throw new IllegalArgumentException("Tensor." + method + ": expected a tensor with values. Received "
                + describe() + ", which has none; load the weights of its model, or make it on another device.");
    }

    private <A> A read(DType type, Function<MemorySegment, A> reader) {
        if (isSparse()) {
            try (var dense = toDense()) {
                return dense.read(type, reader);
            }
        }
        HostReads.add();
        try (var values = detach(); var near = values.to(Device.CPU); var typed = near.to(type);
                var dense = typed.contiguous()) {
            return reader.apply(dense.memory());
        }
    }

    /**
     * This tensor's memory, without a copy. The segment ends when this tensor is closed or given other memory (by
     * {@link Param#set}): later access throws {@link IllegalStateException}, also where a view still shares the memory.
     * The tensor is not garbage as long as the segment is in use. Any thread may use it.
     *
     * @throws IllegalArgumentException unless it is contiguous and on the CPU
     */
    public MemorySegment segment() {
        var memory = memory();
        return memory.byteSize() == 0 ? memory : handle.segment(memory, this);
    }

    /** As {@link #segment}, and cheaper; whoever uses it keeps this tensor open as long. */
    @SuppressWarnings("restricted")
    private MemorySegment memory() {
        expectValues("segment");
        if (!p().is_cpu() || !p().is_contiguous()) {
            throw new IllegalArgumentException("Tensor.segment: expected a contiguous tensor on the CPU. Received "
                    + describe() + "; call to(Device.CPU) and contiguous() first.");
        }
        long bytes = p().nbytes();
        if (bytes == 0) return MemorySegment.NULL;
        return MemorySegment.ofAddress(p().data_ptr().address()).reinterpret(bytes);
    }

    // ---- conversion

    /** Converted to a type; of the same type, a second tensor over this memory. */
    public Tensor to(DType type) {
        return type == dtype() ? alias() : op("to", () -> p().toType(type.scalarType), type);
    }

    /** Copied to a device; on the same one, a second tensor over this memory. */
    public Tensor to(Device target) {
        if (target.equals(device())) return alias();
        expectValues("to");
        return op("to", () -> p().to(target.unwrap(), p().scalar_type()), target);
    }

    /**
     * A copy on another device that is not waited for: to a GPU it goes through pinned memory. It knows what it is a
     * copy of, for {@link #near}.
     */
    public Tensor send(Device target) {
        if (target.equals(device())) return alias();
        if (!device().equals(Device.CPU)) return to(target);
        // libtorch frees pinned memory after the copy
        Tensor copy = target.kind() == Device.Kind.CUDA ? op("to", () -> {
            try (var pinned = p().pin_memory(); var format = new MemoryFormatOptional()) {
                return pinned.to(target.unwrap(), pinned.scalar_type(), true, false, format);
            }
        }, target) : to(target);
        if (!p().is_inference() && !copy.p().is_inference()) { // whose changes nobody counts
            copy.origin = new Origin(this, p()._version(), copy.p()._version());
        }
        return copy;
    }

    /**
     * The same values where Java reads them without waiting for a GPU: of a copy that {@link #send} made, what was
     * sent, if that is still there and neither has changed; else this tensor itself.
     */
    public Tensor near() {
        boolean same = origin != null && !origin.tensor.isClosed() && origin.version == origin.tensor.p()._version()
                && origin.copyVersion == p()._version();
        return same ? origin.tensor : this;
    }

    void replaceData(Tensor value) {
        if (!Arrays.equals(shape(), value.shape())) {
            throw new IllegalArgumentException("Tensor.set: expected shape " + Shapes.toString(shape())
                    + ". Received " + Shapes.toString(value.shape()));
        }
        handle.endSegment();
        inPlace("set_", t -> {
            if (t.is_meta() || value.p().is_meta()) {
                replaceAll(t, value.p());
                return;
            }
            t.set_data(value.p());
            t.unsafeGetTensorImpl().bump_version(); // as any other change
        }, value);
    }

    /** From or to META the engine changes no tensor's data, but ours can be another of its tensors. */
    private static void replaceAll(org.bytedeco.pytorch.Tensor t, org.bytedeco.pytorch.Tensor value) {
        try (var other = value.detach()) {
            other.set_requires_grad(t.requires_grad());
            t.put(other);
        }
    }

    /** A second handle on the same memory and the same place in the autograd graph. */
    Tensor alias() { return op("alias", () -> new org.bytedeco.pytorch.Tensor(p())); }

    /** A copy with memory of its own; gradients flow through it. */
    public Tensor copy() { return op("clone", () -> p().clone()); }

    /** The same values, one after the other in memory, the last axis fastest; copied only if they are not. */
    public Tensor contiguous() { return op("contiguous", () -> p().contiguous()); }

    /** A 4-d tensor (N, C, H, W) laid out in memory as N, H, W, C, which convolutions prefer; same shape and values. */
    public Tensor channelsLast() { return op("contiguous", () -> p().contiguous(MemoryFormat.ChannelsLast)); }

    /** Whether an image (N, C, H, W) lies in memory as (N, H, W, C). */
    public boolean isChannelsLast() { return p().is_contiguous(MemoryFormat.ChannelsLast); }

    // ---- autograd

    /** Whether what is computed from it is recorded for {@link #backward}. */
    public boolean requiresGrad() { return p().requires_grad(); }

    /** Starts or stops recording operations on this leaf. */
    public Tensor requiresGrad_(boolean on) { return inPlace("requires_grad_", t -> t.set_requires_grad(on), on); }

    /** True unless an operation that records gradients made it. */
    public boolean isLeaf() { return p().is_leaf(); }

    /** Adds the gradient of this 0-d tensor to {@link #grad} of every leaf it depends on, and frees the graph. */
    public void backward() { backward(null, false); }

    /** As {@link #backward()} for any shape, from the gradient of the final scalar with respect to this tensor. */
    public void backward(Tensor gradient) { backward(gradient, false); }

    /**
     * As {@link #backward(Tensor)}; for gradients of gradients see {@link #grad(List, List, boolean)}.
     *
     * @param gradient null for a 0-d tensor
     * @param retainGraph keep the graph for another backward
     */
    public void backward(Tensor gradient, boolean retainGraph) { Autograd.backward(this, gradient, retainGraph); }

    /** The accumulated gradient of a leaf, or null if there is none yet. */
    public Tensor grad() {
        var gradient = p().grad(); // a reference into the engine, gone with clearGrad: hence the handle of our own
        return gradient.defined() ? op("", () -> new org.bytedeco.pytorch.Tensor(gradient)) : null;
    }

    /** Forgets the accumulated gradient. */
    public void clearGrad() { p().mutable_grad().reset(); }

    /** The same memory outside the autograd graph. */
    public Tensor detach() { return op("detach", () -> p().detach()); }

    /**
     * Gradients of the sum of 0-d outputs with respect to inputs, without touching {@link #grad()}.
     *
     * @param createGraph record the computation of the gradients, so that they can be differentiated again; otherwise
     *         the graph is freed
     * @return one gradient for each input, null where an input was not used
     */
    public static List<Tensor> grad(List<Tensor> outputs, List<Tensor> inputs, boolean createGraph) {
        return Autograd.grad(outputs, List.of(), inputs, false, createGraph);
    }

    /**
     * As {@link #grad(List, List, boolean)} for outputs of any shape.
     *
     * @param gradients of the final scalar with respect to each output
     * @param retainGraph keep the graph for another backward
     */
    public static List<Tensor> grad(List<Tensor> outputs, List<Tensor> gradients, List<Tensor> inputs,
            boolean retainGraph, boolean createGraph) {
        return Autograd.grad(outputs, gradients, inputs, retainGraph, createGraph);
    }

    /** The gradient of this 0-d tensor with respect to one input, or null if that was not used. */
    public Tensor gradOf(Tensor input, boolean createGraph) {
        return grad(List.of(this), List.of(input), createGraph).getFirst();
    }

    /**
     * Calls {@code hook} with the gradient of this tensor during backward; what it returns, unless null, replaces the
     * gradient. The hook stays until the returned guard is closed; on a leaf, at most until the leaf is closed, on the
     * result of an operation as long as the graph. What it throws comes out of backward.
     *
     * @throws IllegalArgumentException if this tensor records no gradients
     */
    public Guard onGradient(UnaryOperator<Tensor> hook) { return GradientHook.register(this, hook); }

    // ---- arithmetic

    /** this + other, broadcast. */
    public Tensor add(Tensor other) { return op("add", () -> p().add(other.p()), other); }

    /** this + other. */
    public Tensor add(Number other) { return op("add", other, s -> p().add(s)); }

    /** this − other, broadcast. */
    public Tensor sub(Tensor other) { return op("sub", () -> p().sub(other.p()), other); }

    /** this − other. */
    public Tensor sub(Number other) { return op("sub", other, s -> p().sub(s)); }

    /** {@code other - this}. */
    public Tensor rsub(Number other) { return call("rsub", "Scalar", this, other, 1); }

    /** this · other by elements, broadcast; for matrices see {@link #matmul}. */
    public Tensor mul(Tensor other) { return op("mul", () -> p().mul(other.p()), other); }

    /** this · other. */
    public Tensor mul(Number other) { return op("mul", other, s -> p().mul(s)); }

    /** this / other, broadcast; integers give a floating-point tensor. */
    public Tensor div(Tensor other) { return op("div", () -> p().div(other.p()), other); }

    /** this / other; integers give a floating-point tensor. */
    public Tensor div(Number other) { return op("div", other, s -> p().div(s)); }

    /** Division rounded towards minus infinity. */
    public Tensor floorDiv(Tensor other) { return op("floor_divide", () -> p().floor_divide(other.p()), other); }

    /** this / other, rounded down. */
    public Tensor floorDiv(Number other) { return op("floor_divide", other, s -> p().floor_divide(s)); }

    /** The remainder with the divisor's sign, as Python's {@code %}. */
    public Tensor remainder(Tensor other) { return op("remainder", () -> p().remainder(other.p()), other); }

    /** The remainder with the sign of {@code other}. */
    public Tensor remainder(Number other) { return op("remainder", other, s -> p().remainder(s)); }

    /** this to the power of {@code exponent}, broadcast. */
    public Tensor pow(Tensor exponent) { return op("pow", () -> p().pow(exponent.p()), exponent); }

    /** this to the power of {@code exponent}. */
    public Tensor pow(Number exponent) { return op("pow", exponent, s -> p().pow(s)); }

    /** The larger of the two, element by element, broadcast; NaN if either is. */
    public Tensor maximum(Tensor other) { return op("maximum", () -> p().maximum(other.p()), other); }

    /** The smaller of the two, element by element, broadcast; NaN if either is. */
    public Tensor minimum(Tensor other) { return op("minimum", () -> p().minimum(other.p()), other); }

    /** Values below {@code min} or above {@code max} moved to that bound; null for no bound. */
    public Tensor clamp(Number min, Number max) { return call("clamp", "", this, min, max); }

    /** {@code this + weight · (end - this)}. */
    public Tensor lerp(Tensor end, double weight) { return call("lerp", "Scalar", this, end, weight); }

    /** −this. */
    public Tensor neg() { return op("neg", () -> p().neg()); }

    /** The absolute values. */
    public Tensor abs() { return isMeta() ? emptyLike() : op("abs", () -> p().abs()); }

    /** -1, 0 or 1. */
    public Tensor sign() { return op("sign", () -> p().sign()); }

    /** The square roots; NaN for negative elements. */
    public Tensor sqrt() { return op("sqrt", () -> p().sqrt()); }

    /** {@code 1 / sqrt(this)}. */
    public Tensor rsqrt() { return op("rsqrt", () -> p().rsqrt()); }

    /** this · this. */
    public Tensor square() { return op("square", () -> p().square()); }

    /** 1 / this. */
    public Tensor reciprocal() { return op("reciprocal", () -> p().reciprocal()); }

    /** e to the power of this. */
    public Tensor exp() { return op("exp", () -> p().exp()); }

    /** exp(this) − 1, exact for elements near 0. */
    public Tensor expm1() { return op("expm1", () -> p().expm1()); }

    /** The natural logarithm; -Infinity for 0, NaN below. */
    public Tensor log() { return op("log", () -> p().log()); }

    /** The logarithm to base 2. */
    public Tensor log2() { return op("log2", () -> p().log2()); }

    /** The logarithm to base 10. */
    public Tensor log10() { return op("log10", () -> p().log10()); }

    /** log(1 + this), exact for elements near 0. */
    public Tensor log1p() { return op("log1p", () -> p().log1p()); }

    /** The sine, of radians. */
    public Tensor sin() { return op("sin", () -> p().sin()); }

    /** The cosine, of radians. */
    public Tensor cos() { return op("cos", () -> p().cos()); }

    /** The tangent, of radians. */
    public Tensor tan() { return op("tan", () -> p().tan()); }

    /** The arcsine in radians, from −π/2 to π/2; NaN outside [-1, 1]. */
    public Tensor asin() { return op("asin", () -> p().asin()); }

    /** The arccosine in radians, from 0 to π; NaN outside [-1, 1]. */
    public Tensor acos() { return op("acos", () -> p().acos()); }

    /** The arctangent in radians, from −π/2 to π/2. */
    public Tensor atan() { return op("atan", () -> p().atan()); }

    /** The angle of the point (x, this), from -π to π. */
    public Tensor atan2(Tensor x) { return op("atan2", () -> p().atan2(x.p()), x); }

    /** The hyperbolic sine. */
    public Tensor sinh() { return op("sinh", () -> p().sinh()); }

    /** The hyperbolic cosine. */
    public Tensor cosh() { return op("cosh", () -> p().cosh()); }

    /** The hyperbolic tangent. */
    public Tensor tanh() { return op("tanh", () -> p().tanh()); }

    /** The error function. */
    public Tensor erf() { return op("erf", () -> p().erf()); }

    /** {@code log |Γ(this)|}. */
    public Tensor lgamma() { return op("lgamma", () -> p().lgamma()); }

    /** 1 / (1 + e^−x). */
    public Tensor sigmoid() { return op("sigmoid", () -> p().sigmoid()); }

    /** max(0, x). */
    public Tensor relu() { return isMeta() ? emptyLike() : op("relu", () -> p().relu()); }

    /** e^x, divided by its sum along an axis: numbers from 0 to 1 that sum to 1. */
    public Tensor softmax(long dim) { return op("softmax", () -> p().softmax(dim), dim); }

    /** The logarithm of {@link #softmax}, without overflow. */
    public Tensor logSoftmax(long dim) { return op("log_softmax", () -> p().log_softmax(dim), dim); }

    /** Rounded down. */
    public Tensor floor() { return op("floor", () -> p().floor()); }

    /** Rounded up. */
    public Tensor ceil() { return op("ceil", () -> p().ceil()); }

    /** To the nearest integer, halves to even. */
    public Tensor round() { return op("round", () -> p().round()); }

    /** Rounded towards 0. */
    public Tensor trunc() { return op("trunc", () -> p().trunc()); }

    /** NaN and infinities replaced by the given numbers. */
    public Tensor nanToNum(double nan, double positive, double negative) {
        return call("nan_to_num", "", this, nan, positive, negative);
    }

    // ---- in place

    /** Adds {@code other}, broadcast to this shape, in place. */
    public Tensor add_(Tensor other) { return inPlace("add_", t -> t.add_(other.p()), other); }

    /** Adds {@code other} in place. */
    public Tensor add_(Number other) { return inPlace("add_", other, s -> p().add_(s)); }

    /** Subtracts {@code other}, broadcast to this shape, in place. */
    public Tensor sub_(Tensor other) { return inPlace("sub_", t -> t.sub_(other.p()), other); }

    /** Multiplies by {@code other}, broadcast to this shape, in place. */
    public Tensor mul_(Tensor other) { return inPlace("mul_", t -> t.mul_(other.p()), other); }

    /** Multiplies by {@code other} in place. */
    public Tensor mul_(Number other) { return inPlace("mul_", other, s -> p().mul_(s)); }

    /** Divides by {@code other}, broadcast to this shape, in place; not for integers. */
    public Tensor div_(Tensor other) { return inPlace("div_", t -> t.div_(other.p()), other); }

    /** Divides by {@code other} in place; not for integers. */
    public Tensor div_(Number other) { return inPlace("div_", other, s -> p().div_(s)); }

    /** this + weight · (end − this), in place. */
    public Tensor lerp_(Tensor end, double weight) {
        return inPlace("lerp_", weight, s -> p().lerp_(end.p(), s), end);
    }

    /** Sets all elements to 0. */
    public Tensor zero_() { return inPlace("zero_", org.bytedeco.pytorch.Tensor::zero_); }

    /** Sets all elements to {@code value}. */
    public Tensor fill_(Number value) { return inPlace("fill_", value, s -> p().fill_(s)); }

    /** Copies the values of {@code source}, broadcast and converted, into this tensor. */
    public Tensor copy_(Tensor source) {
        return ask(() -> {
            p().copy_(source.p()); // from any device
            return Recording.heard(this, "copy_", this, source);
        }, source);
    }

    /** max(0, x), in place. */
    public Tensor relu_() { return isMeta() ? this : inPlace("relu_", org.bytedeco.pytorch.Tensor::relu_); }

    /** Moves elements into [min, max], in place; null for no bound. */
    public Tensor clamp_(Number min, Number max) { return apply_("clamp_", "", this, min, max); }

    /** Fills it with numbers drawn evenly from [low, high). */
    public Tensor uniform_(double low, double high) { return apply_("uniform_", "", this, low, high, null); }

    /** Fills it with numbers of a normal distribution. */
    public Tensor normal_(double mean, double std) { return apply_("normal_", "", this, mean, std, null); }

    /** As {@link #uniform_(double, double)}, from a generator on this tensor's device. */
    public Tensor uniform_(double low, double high, Rng rng) {
        return apply_("uniform_", "", this, low, high, rng);
    }

    /** As {@link #normal_(double, double)}, from a generator on this tensor's device. */
    public Tensor normal_(double mean, double std, Rng rng) {
        return apply_("normal_", "", this, mean, std, rng);
    }

    /** As {@link #bernoulli_(double)}, from a generator on this tensor's device. */
    public Tensor bernoulli_(double probability, Rng rng) {
        return apply_("bernoulli_", "float", this, probability, rng);
    }

    /** Ones with probability {@code p}, else zeros. */
    public Tensor bernoulli_(double probability) { return apply_("bernoulli_", "float", this, probability, null); }

    // ---- comparison and logic (bool tensors)

    /** Where this = other: bool, broadcast. */
    public Tensor eq(Tensor other) { return op("eq", () -> p().eq(other.p()), other); }

    /** Where this = other: bool. */
    public Tensor eq(Number other) { return op("eq", other, s -> p().eq(s)); }

    /** Where this ≠ other: bool, broadcast. */
    public Tensor ne(Tensor other) { return op("ne", () -> p().ne(other.p()), other); }

    /** Where this ≠ other: bool. */
    public Tensor ne(Number other) { return op("ne", other, s -> p().ne(s)); }

    /** Where this &lt; other: bool, broadcast. */
    public Tensor lt(Tensor other) { return op("lt", () -> p().lt(other.p()), other); }

    /** Where this &lt; other: bool. */
    public Tensor lt(Number other) { return op("lt", other, s -> p().lt(s)); }

    /** Where this ≤ other: bool, broadcast. */
    public Tensor le(Tensor other) { return op("le", () -> p().le(other.p()), other); }

    /** Where this ≤ other: bool. */
    public Tensor le(Number other) { return op("le", other, s -> p().le(s)); }

    /** Where this &gt; other: bool, broadcast. */
    public Tensor gt(Tensor other) { return op("gt", () -> p().gt(other.p()), other); }

    /** Where this &gt; other: bool. */
    public Tensor gt(Number other) { return op("gt", other, s -> p().gt(s)); }

    /** Where this ≥ other: bool, broadcast. */
    public Tensor ge(Tensor other) { return op("ge", () -> p().ge(other.p()), other); }

    /** Where this ≥ other: bool. */
    public Tensor ge(Number other) { return op("ge", other, s -> p().ge(s)); }

    /** Where elements are NaN: bool. */
    public Tensor isNan() { return op("isnan", () -> p().isnan()); }

    /** Where elements are infinite, of either sign: bool. */
    public Tensor isInf() { return op("isinf", () -> p().isinf()); }

    /** Where elements are neither infinite nor NaN: bool. */
    public Tensor isFinite() { return op("isfinite", () -> p().isfinite()); }

    /** Where both are not 0: bool, broadcast. */
    public Tensor and(Tensor other) {
        return isMeta() ? ne(other) : op("logical_and", () -> p().logical_and(other.p()), other);
    }

    /** Where one or both are not 0: bool, broadcast. */
    public Tensor or(Tensor other) {
        return isMeta() ? ne(other) : op("logical_or", () -> p().logical_or(other.p()), other);
    }

    /** Where exactly one is not 0: bool, broadcast. */
    public Tensor xor(Tensor other) {
        return isMeta() ? ne(other) : op("logical_xor", () -> p().logical_xor(other.p()), other);
    }

    /** Where elements are 0: bool. */
    public Tensor not() {
        return isMeta() ? newEmpty(DType.BOOL, shape()) : op("logical_not", () -> p().logical_not());
    }

    /** True if shapes are equal and {@code |a - b| ≤ absolute + relative · |b|} everywhere. */
    public boolean allClose(Tensor other, double relative, double absolute) {
        return Arrays.equals(shape(), other.shape())
                && ask(() -> p().allclose(other.p(), relative, absolute, false), other);
    }

    /** True if shapes and values are equal; NaN equals nothing. */
    public boolean sameAs(Tensor other) { return ask(() -> p().equal(other.p()), other); }

    // ---- reductions (without dimensions: over all)

    /** The sum of all elements, 0-d; of integers and bool, int64. */
    public Tensor sum() { return op("sum", () -> p().sum()); }

    /** Sums along axes, which go. */
    public Tensor sum(long... dims) { return sum(dims, false); }

    /** Sums along axes, which go, or stay with length 1. */
    public Tensor sum(long[] dims, boolean keepDim) { return call("sum", "dim_IntList", this, dims, keepDim, null); }

    /** The mean of all elements, 0-d; of a floating-point tensor. */
    public Tensor mean() { return op("mean", () -> p().mean()); }

    /** Means along axes, which go. */
    public Tensor mean(long... dims) { return mean(dims, false); }

    /** Means along axes, which go, or stay with length 1. */
    public Tensor mean(long[] dims, boolean keepDim) { return call("mean", "dim", this, dims, keepDim, null); }

    /** Variance over {@code dims} with divisor n - correction: 1 for the unbiased estimate, 0 for the population's. */
    public Tensor var(long[] dims, int correction, boolean keepDim) {
        return call("var", "correction", this, dims, correction, keepDim);
    }

    /** The square root of {@link #var}. */
    public Tensor std(long[] dims, int correction, boolean keepDim) {
        return call("std", "correction", this, dims, correction, keepDim);
    }

    /** The unbiased standard deviation of all elements. */
    public Tensor std() { return call("std", "", this, true); }

    /** The product of all elements, 0-d. */
    public Tensor prod() { return op("prod", () -> p().prod()); }

    /** Products along an axis, which goes, or stays with length 1. */
    public Tensor prod(long dim, boolean keepDim) { return call("prod", "dim_int", this, dim, keepDim, null); }

    /** The largest element, 0-d; NaN if any is. */
    public Tensor max() { return op("max", () -> p().max()); }

    /** The smallest element, 0-d; NaN if any is. */
    public Tensor min() { return op("min", () -> p().min()); }

    /** Values and their indices, as {@link #max(long, boolean)} and others return them. */
    public record Indexed(Tensor values, Tensor indices) {}

    /** The largest elements along an axis, and where they are; it goes, or stays with length 1. */
    public Indexed max(long dim, boolean keepDim) { return indexed("max", "dim", this, dim, keepDim); }

    /** The smallest elements along an axis, and where they are; it goes, or stays with length 1. */
    public Indexed min(long dim, boolean keepDim) { return indexed("min", "dim", this, dim, keepDim); }

    /** The medians along an axis, of two the lower, and where they are. */
    public Indexed median(long dim, boolean keepDim) { return indexed("median", "dim", this, dim, keepDim); }

    /** The largest values over dimensions; gradients are shared evenly between equals. */
    public Tensor amax(long... dims) { return amax(dims, false); }

    /** The largest elements along axes, which go, or stay with length 1; equal ones share the gradient. */
    public Tensor amax(long[] dims, boolean keepDim) { return call("amax", "", this, dims, keepDim); }

    /** The smallest elements along axes, which go. */
    public Tensor amin(long... dims) { return amin(dims, false); }

    /** The smallest elements along axes, which go, or stay with length 1; equal ones share the gradient. */
    public Tensor amin(long[] dims, boolean keepDim) { return call("amin", "", this, dims, keepDim); }

    /** Where along an axis the largest elements are: int64; the axis goes. */
    public Tensor argmax(long dim) { return call("argmax", "", this, dim, false); }

    /** Where along an axis the smallest elements are: int64; the axis goes. */
    public Tensor argmin(long dim) { return call("argmin", "", this, dim, false); }

    /** log Σ e^x along axes, without overflow. */
    public Tensor logSumExp(long[] dims, boolean keepDim) { return call("logsumexp", "", this, dims, keepDim); }

    /** True (0-d) if no element is zero. */
    public Tensor all() { return op("all", () -> p().all()); }

    /** Whether all elements along an axis are not 0: bool. */
    public Tensor all(long dim, boolean keepDim) { return call("all", "dim", this, dim, keepDim); }

    /** True (0-d) if any element is not zero. */
    public Tensor any() { return op("any", () -> p().any()); }

    /** Whether any element along an axis is not 0: bool. */
    public Tensor any(long dim, boolean keepDim) { return call("any", "dim", this, dim, keepDim); }

    /** How many elements are not 0: int64, 0-d. */
    public Tensor countNonzero() { return op("count_nonzero", () -> p().count_nonzero()); }

    /** Running sums along an axis. */
    public Tensor cumsum(long dim) { return op("cumsum", () -> p().cumsum(dim), dim); }

    /** Running products along an axis. */
    public Tensor cumprod(long dim) { return op("cumprod", () -> p().cumprod(dim), dim); }

    /** {@code log(cumsum(exp(this)))} without overflow. */
    public Tensor logCumSumExp(long dim) { return op("logcumsumexp", () -> p().logcumsumexp(dim), dim); }

    /** The 2-norm of all elements. */
    public Tensor norm() { return op("norm", () -> p().norm()); }

    /** The vector p-norm over dimensions; {@code Double.POSITIVE_INFINITY} for the largest magnitude. */
    public Tensor norm(double order, long[] dims, boolean keepDim) {
        return call("linalg_vector_norm", "", this, order, dims, keepDim, null);
    }

    // ---- linear algebra

    /** Matrix product, batched over leading dimensions: (…, n, k) and (…, k, m) to (…, n, m). */
    public Tensor matmul(Tensor other) { return op("matmul", () -> p().matmul(other.p()), other); }

    /** Sums of products by Einstein's notation, such as {@code einsum("bij,bjk->bik", a, b)}. */
    public static Tensor einsum(String equation, Tensor... operands) {
        return call("einsum", "", equation, operands, null);
    }

    /** Singular value decomposition of (…, m, n): u (…, m, k), s (…, k) descending, vh (…, k, n). */
    public Svd svd() {
        var parts = callAll("linalg_svd", "", this, false, null);
        return new Svd(parts[0], parts[1], parts[2]);
    }

    /** {@code u · diag(s) · vh}. */
    public record Svd(Tensor u, Tensor s, Tensor vh) {}

    /** The singular values alone, descending, with gradients that are stable where {@link #svd}'s are not. */
    public Tensor svdValues() { return call("linalg_svdvals", "", this, null); }

    /** QR decomposition of (…, m, n): q (…, m, k) with orthonormal columns, r (…, k, n) upper triangular. */
    public Qr qr() {
        var parts = callAll("linalg_qr", "", this, "reduced");
        return new Qr(parts[0], parts[1]);
    }

    /** {@code q · r}. */
    public record Qr(Tensor q, Tensor r) {}

    /** Eigenvalues (ascending) and eigenvectors (columns) of a symmetric matrix. */
    public Eigh eigh() {
        var parts = callAll("linalg_eigh", "", this, "L");
        return new Eigh(parts[0], parts[1]);
    }

    /** {@code vectors · diag(values) · vectorsᵀ}. */
    public record Eigh(Tensor values, Tensor vectors) {}

    /** The ascending eigenvalues of a symmetric matrix alone. */
    public Tensor eigenvalues() { return call("linalg_eigvalsh", "", this, "L"); }

    /** The inverses of matrices (…, N, N). */
    public Tensor inverse() { return op("inverse", () -> p().inverse()); }

    /** The determinants (…) of matrices (…, N, N). */
    public Tensor det() { return op("det", () -> p().det()); }

    /** The x of {@code this · x = b}. */
    public Tensor solve(Tensor b) { return call("linalg_solve", "", this, b, true); }

    /** The lower factor l of a positive-definite matrix: {@code l · lᵀ}. */
    public Tensor cholesky() { return call("linalg_cholesky", "", this, false); }

    /** The product of two vectors (N): 0-d. */
    public Tensor dot(Tensor other) { return op("dot", () -> p().dot(other.p()), other); }

    /** Euclidean distances between rows: (…, n, d) and (…, m, d) to (…, n, m). */
    public Tensor cdist(Tensor other) { return call("cdist", "", this, other, 2.0, null); }

    /** (n) and (m) to (n, m). */
    public Tensor outer(Tensor other) { return op("outer", () -> p().outer(other.p()), other); }

    /** The sum of a matrix's diagonal: 0-d. */
    public Tensor trace() { return op("trace", () -> p().trace()); }

    /** The diagonal of a matrix, or the matrix with this vector on its diagonal. */
    public Tensor diag() { return call("diag", "", this, 0); }

    /** The lower triangle; {@code diagonal} 0 is the main one, positive above it. */
    public Tensor tril(long diagonal) { return op("tril", () -> p().tril(diagonal), diagonal); }

    /** The upper triangle; {@code diagonal} 0 is the main one, positive above it. */
    public Tensor triu(long diagonal) { return op("triu", () -> p().triu(diagonal), diagonal); }

    // ---- shape

    /** A view where possible, else a copy; one size may be -1. */
    public Tensor reshape(long... shape) { return op("reshape", () -> p().reshape(shape), shape); }

    /** A view of the same memory; fails where that would need a copy. */
    public Tensor view(long... shape) { return op("view", () -> p().view(shape), shape); }

    /** Dimensions {@code from} to {@code to}, both included, made one. */
    public Tensor flatten(long from, long to) { return op("flatten", () -> p().flatten(from, to), from, to); }

    /** One dimension. */
    public Tensor flatten() { return flatten(0, -1); }

    /** Dimension {@code dim} split into {@code sizes}. */
    public Tensor unflatten(long dim, long... sizes) {
        return op("unflatten", () -> p().unflatten(dim, sizes), dim, sizes);
    }

    /** A view without an axis if its length is 1. */
    public Tensor squeeze(long dim) { return op("squeeze", () -> p().squeeze(dim), dim); }

    /** A view without all axes of length 1. */
    public Tensor squeeze() { return op("squeeze", () -> p().squeeze()); }

    /** A view with a new axis of length 1 at {@code dim}; -1 is behind the last. */
    public Tensor unsqueeze(long dim) { return op("unsqueeze", () -> p().unsqueeze(dim), dim); }

    /** A view with two axes exchanged. */
    public Tensor transpose(long a, long b) { return op("transpose", () -> p().transpose(a, b), a, b); }

    /** The last two dimensions swapped. */
    public Tensor mT() { return op("mT", () -> p().mT()); }

    /** A view with its axes in another order. */
    public Tensor permute(long... order) { return op("permute", () -> p().permute(order), order); }

    /** A view with an axis at another place, the rest in order. */
    public Tensor movedim(long from, long to) { return op("movedim", () -> p().movedim(from, to), from, to); }

    /** Size-1 dimensions repeated without a copy; -1 leaves a size as it is. */
    public Tensor expand(long... shape) { return op("expand", () -> p().expand(shape), shape); }

    /** A view broadcast to the shape of another. */
    public Tensor expandAs(Tensor other) { return op("expand_as", () -> p().expand_as(other.p()), other); }

    /** Tiled copies along each dimension. */
    public Tensor repeat(long... times) { return op("repeat", () -> p().repeat(times), times); }

    /** Each element repeated along a dimension. */
    public Tensor repeatInterleave(long times, long dim) {
        return call("repeat_interleave", "self_int", this, times, dim, null);
    }

    /** The order of elements reversed along dimensions. */
    public Tensor flip(long... dims) { return op("flip", () -> p().flip(dims), dims); }

    /** Elements shifted along a dimension, those that fall off coming back at the other end. */
    public Tensor roll(long shift, long dim) { return roll(new long[] {shift}, new long[] {dim}); }

    /** Elements shifted along several dimensions. */
    public Tensor roll(long[] shifts, long[] dims) { return call("roll", "", this, shifts, dims); }

    /**
     * A constant border; negative sizes cut off.
     *
     * @param sizes before and after the last dimension, before and after the one ahead of it, and so on
     */
    public Tensor pad(Number value, long... sizes) { return call("constant_pad_nd", "", this, sizes, value); }

    /** Windows of {@code size} positions of a dimension, {@code step} apart, in a new last dimension; a view. */
    public Tensor unfold(long dim, long size, long step) {
        return op("unfold", () -> p().unfold(dim, size, step), dim, size, step);
    }

    /** Parts of about equal size along a dimension. */
    public List<Tensor> chunk(long parts, long dim) { return List.of(callAll("chunk", "", this, parts, dim)); }

    /** Parts of the given sizes along a dimension. */
    public List<Tensor> split(long[] sizes, long dim) {
        return List.of(callAll("split_with_sizes", "", this, sizes, dim));
    }

    /** The slices along a dimension, which goes away. */
    public List<Tensor> unbind(long dim) { return List.of(callAll("unbind", "int", this, dim)); }

    /** Joined along an existing dimension. */
    public static Tensor cat(List<Tensor> tensors, long dim) {
        return join("cat", tensors, dim, list -> torch.cat(list, dim));
    }

    /** Joined along a new dimension. */
    public static Tensor stack(List<Tensor> tensors, long dim) {
        return join("stack", tensors, dim, list -> torch.stack(list, dim));
    }

    private static Tensor join(String name, List<Tensor> tensors, long dim,
            Function<TensorVector, org.bytedeco.pytorch.Tensor> join) {
        var all = tensors.toArray(Tensor[]::new);
        try {
            OneDevice.expect(all);
            try (var list = new TensorVector(tensors.stream().map(Tensor::p)
                    .toArray(org.bytedeco.pytorch.Tensor[]::new))) {
                return Recording.heard(name, new Tensor(join.apply(list)), all, dim);
            }
        } catch (RuntimeException e) {
            throw EngineErrors.translate(e, (Object[]) all);
        }
    }

    // ---- indexing

    /** Any mix of positions, slices, new axes and index tensors, as PyTorch's brackets: see {@link Index}. */
    public Tensor get(Index... indices) { return Indexing.get(this, indices); }

    /** Writes {@code value}, broadcast and converted, into the part that {@link #get} would return. */
    public Tensor set_(Tensor value, Index... indices) {
        Indexing.set(this, value, indices);
        return this;
    }

    /** Writes one number into the part that {@link #get} would return. */
    public Tensor set_(Number value, Index... indices) {
        try (Tensor number = newFull(value)) {
            return set_(number, indices);
        }
    }

    /** The slice at one position of a dimension, which goes away. */
    public Tensor select(long dim, long index) { return op("select", () -> p().select(dim, index), dim, index); }

    /** {@code length} positions of a dimension from {@code start}; a view. */
    public Tensor narrow(long dim, long start, long length) {
        return op("narrow", () -> p().narrow(dim, start, length), dim, start, length);
    }

    /** Positions {@code from} (included) to {@code to} (excluded) of a dimension by {@code step}; a view. */
    public Tensor slice(long dim, long from, long to, long step) {
        return call("slice", "Tensor", this, dim, from, to, step);
    }

    /** Positions of a dimension chosen by a 1-d int64 tensor. */
    public Tensor indexSelect(long dim, Tensor index) {
        return op("index_select", () -> p().index_select(dim, index.p()), dim, index);
    }

    /** Along {@code dim}, one element for each entry of {@code index}, which has this tensor's rank. */
    public Tensor gather(long dim, Tensor index) { return op("gather", () -> p().gather(dim, index.p()), dim, index); }

    /** A copy in which {@code source} is written at {@code index} along {@code dim}. */
    public Tensor scatter(long dim, Tensor index, Tensor source) {
        return op("scatter", () -> p().scatter(dim, index.p(), source.p()), dim, index, source);
    }

    /** A copy to which {@code source} is added at {@code index} along {@code dim}. */
    public Tensor scatterAdd(long dim, Tensor index, Tensor source) {
        return op("scatter_add", () -> p().scatter_add(dim, index.p(), source.p()), dim, index, source);
    }

    /** A copy to whose rows {@code index} the rows of {@code source} are added. */
    public Tensor indexAdd(long dim, Tensor index, Tensor source) {
        return call("index_add", "", this, dim, index, source, 1);
    }

    /** A copy with {@code value} where {@code mask} is true. */
    public Tensor maskedFill(Tensor mask, Number value) {
        return op("masked_fill", value, s -> p().masked_fill(mask.p(), s), mask);
    }

    /** The elements where {@code mask} is true, in one dimension. */
    public Tensor maskedSelect(Tensor mask) { return op("masked_select", () -> p().masked_select(mask.p()), mask); }

    /** {@code a} where this bool tensor is true, else {@code b}. */
    public Tensor where(Tensor a, Tensor b) {
        if (isMeta()) return add(a).add(b); // all three broadcast
        return op("where", () -> torch.where(p(), a.p(), b.p()), a, b);
    }

    /** Positions of the elements that are not zero: (count, rank). */
    public Tensor nonzero() { return op("nonzero", () -> p().nonzero()); }

    /** Sorted along an axis, and where the elements were. */
    public Indexed sort(long dim, boolean descending) { return indexed("sort", "", this, dim, descending); }

    /** Where along an axis the sorted elements are: int64. */
    public Tensor argsort(long dim, boolean descending) { return call("argsort", "", this, dim, descending); }

    /** The k largest, in descending order. */
    public Indexed topk(long k, long dim) { return topk(k, dim, true); }

    /** The k largest in descending order, or the k smallest in ascending order. */
    public Indexed topk(long k, long dim, boolean largest) { return indexed("topk", "", this, k, dim, largest, true); }

    /** The distinct values in ascending order. */
    public Tensor unique() { return callAll("_unique2", "", this, true, false, false)[0]; }

    /** How often each non-negative integer occurs, at least {@code length} counts. */
    public Tensor bincount(long length) { return call("bincount", "", this, null, length); }

    /** Class indices (…) to int64 (…, classes) of zeros and a one. */
    public Tensor oneHot(long classes) { return call("one_hot", "", this, classes); }

    /** {@code count} indices a row, drawn with probability proportional to these weights. */
    public Tensor multinomial(long count, boolean replacement) {
        return call("multinomial", "", this, count, replacement, null);
    }

    /** As {@link #multinomial(long, boolean)}, from a generator on this tensor's device. */
    public Tensor multinomial(long count, boolean replacement, Rng rng) {
        return call("multinomial", "", this, count, replacement, rng);
    }

    /** Writes the rows of {@code source} at {@code index} along {@code dim}; the others stay. */
    public Tensor indexCopy_(long dim, Tensor index, Tensor source) {
        return inPlace("index_copy_", t -> t.index_copy_(dim, index.p(), source.p()), dim, index, source);
    }

    // ---- sparse tensors: the coordinates and values of some elements or rows, the others being 0

    /**
     * Zeros but for {@code values} at {@code indices}, which are added up where they name a place twice. Shapes:
     * indices (d, n) int64 into the first d dimensions of {@code shape}, values (n, …) of the rest.
     */
    public static Tensor sparse(Tensor indices, Tensor values, long... shape) {
        callAll("_validate_sparse_coo_tensor_args", "", indices, values, shape, null, null);
        return call("sparse_coo_tensor", "indices_size", indices, values, shape, null, null, null, null, null);
    }

    /** Whether it is sparse (COO), as the gradient of a sparse embedding. */
    public boolean isSparse() { return p().is_sparse(); }

    /** Whether a sparse tensor names each place once, in ascending order. */
    public boolean isCoalesced() { return isSparse() && p().is_coalesced(); }

    /** A sparse tensor that names each place once, in ascending order; itself if it does already. */
    public Tensor coalesce() { return sparse("coalesce").op("coalesce", () -> p().coalesce()); }

    /** The places (d, n) int64 of a sparse tensor that is {@link #isCoalesced coalesced}. */
    public Tensor indices() { return coalesced("indices").op("indices", () -> p().indices()); }

    /** The values (n, …) of a sparse tensor that is {@link #isCoalesced coalesced}: its own memory. */
    public Tensor values() { return coalesced("values").op("values", () -> p().values()); }

    private Tensor sparse(String method) {
        if (isSparse()) return this;
        throw new IllegalArgumentException("Tensor." + method + ": expected a sparse tensor. Received a dense one, "
                + describe());
    }

    private Tensor coalesced(String method) {
        if (sparse(method).isCoalesced()) return this;
        throw new IllegalArgumentException("Tensor." + method + ": expected a sparse tensor that names each place once."
                + " Received one that may not; call coalesce() first.");
    }

    /** A sparse tensor with all its zeros; a dense one as it is. */
    public Tensor toDense() { return op("to_dense", () -> p().to_dense()); }

    // ---- Fourier transforms along a dimension

    /** The discrete Fourier transform along an axis: complex. */
    public Tensor fft(long dim) { return call("fft_fft", "", this, null, dim, null); }

    /** The inverse of {@link #fft}, divided by the axis's length. */
    public Tensor ifft(long dim) { return call("fft_ifft", "", this, null, dim, null); }

    /** The n / 2 + 1 non-negative frequencies of a real signal. */
    public Tensor rfft(long dim) { return call("fft_rfft", "", this, null, dim, null); }

    /** As {@link #rfft(long)} of the first n values, or of all and zeros up to n. */
    public Tensor rfft(long n, long dim) { return call("fft_rfft", "", this, n, dim, null); }

    /** The real signal of length n from its non-negative frequencies. */
    public Tensor irfft(long n, long dim) { return call("fft_irfft", "", this, n, dim, null); }

    /**
     * Spectra of windows {@code hop} apart, each centred on its position, the ends reflected: real (…, T) to complex
     * (…, n / 2 + 1, T / hop + 1).
     *
     * @param window weights of the n positions, such as Hann's
     */
    public Tensor stft(long n, long hop, Tensor window) {
        return call("stft", "center", this, n, hop, window.numel(), window, true, "reflect", false, true, true, null);
    }

    /** The real parts: a view. */
    public Tensor real() { return call("real", "", this); }

    /** The imaginary parts of a complex tensor: a view. */
    public Tensor imag() { return call("imag", "", this); }

    /** Complex (…) as real (…, 2). */
    public Tensor viewAsReal() { return call("view_as_real", "", this); }

    /** Real (…, 2) as complex (…). */
    public Tensor viewAsComplex() { return call("view_as_complex", "", this); }

    // ---- any other operator

    /**
     * Runs any operator of the engine, with all the arguments of its schema; tensors, numbers, booleans, strings,
     * {@code long[]}, {@code Tensor[]}, {@link DType}, {@link Device} or null. What it creates without a device lies on
     * the CPU, whatever {@link Torch#on(Device)} says.
     *
     * @param name as in {@code aten::name}, without the prefix
     * @param overload the part after the dot, often empty
     */
    public static Tensor call(String name, String overload, Object... arguments) {
        Engine.ensureStarted();
        try {
            OneDevice.expect(arguments);
            return Recording.heard(name, new Tensor(Aten.op(name, overload).call(Autograd.unwrap(arguments))),
                    arguments);
        } catch (RuntimeException e) {
            throw EngineErrors.ofCall(e, name, arguments);
        }
    }

    /** As {@link #call}, for operators with several results. */
    public static Tensor[] callAll(String name, String overload, Object... arguments) {
        Engine.ensureStarted();
        try {
            OneDevice.expect(arguments);
            var results = Aten.op(name, overload).callAll(Autograd.unwrap(arguments));
            var tensors = new Tensor[results.length];
            for (int i = 0; i < results.length; i++) tensors[i] = results[i] == null ? null : new Tensor(results[i]);
            return Recording.heard(name, tensors, arguments);
        } catch (RuntimeException e) {
            throw EngineErrors.ofCall(e, name, arguments);
        }
    }

    Tensor apply_(String name, String overload, Object... arguments) {
        try {
            OneDevice.expect(arguments);
            Aten.op(name, overload).call(Autograd.unwrap(arguments)).close();
            return Recording.heard(name, this, arguments);
        } catch (RuntimeException e) {
            throw EngineErrors.ofCall(e, name, arguments);
        }
    }

    private static Indexed indexed(String name, String overload, Object... arguments) {
        var results = callAll(name, overload, arguments);
        return new Indexed(results[0], results[1]);
    }
}
