package dev.merapi.tensor;

import dev.merapi.internal.Engine;
import java.util.function.Supplier;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.global.torch;

/**
 * The engine as a whole: seed, threads, devices, versions, gradient modes.
 *
 * <pre>{@code
 * Torch.seed(1337);
 * Torch.threads(2);
 * try (var _ = Torch.noGrad()) {
 *     model.forward(x);
 * }
 * IO.println(Torch.version() + " " + Torch.blas());
 * }</pre>
 */
public final class Torch {
    static {
        Engine.ensureStarted();
    }

    private Torch() {}

    /**
     * Seeds the generators of all devices: initial weights, dropout and random tensors follow from it. They belong to
     * the process: where several threads draw, what each receives does not repeat.
     */
    public static void seed(long seed) { torch.manual_seed(seed); }

    /**
     * The state of all generators, uint8: the CPU's, then each CUDA device's. With {@link #rngState(Tensor)}, random
     * numbers go on where they were.
     */
    public static Tensor rngState() { return ProcessRng.state(); }

    /**
     * Puts the generators into a state that {@link #rngState()} returned; of CUDA devices, those that exist here.
     *
     * @throws IllegalArgumentException if it is not such a state
     */
    public static void rngState(Tensor state) { ProcessRng.restore(state); }

    /** Threads that one operator may use. */
    public static int threads() { return torch.get_num_threads(); }

    /** Sets how many threads one operator may use. */
    public static void threads(int count) {
        Expect.atLeast("Torch.threads", 1, count);
        torch.set_num_threads(count);
    }

    /**
     * Operators called on this thread run on it alone from now on; those of other threads are as before. For a thread
     * that works beside a training one.
     */
    public static void useOneThread() {
        platformThread("Torch.useOneThread");
        Engine.useOneThread();
    }

    /**
     * No operation records gradients on this thread until the guard is closed.
     *
     * @throws IllegalStateException on a virtual thread, as {@link Scope#open}; so do the other modes
     */
    public static Guard noGrad() { return gradMode("noGrad", false); }

    /** Operations record gradients again inside {@link #noGrad}. */
    public static Guard enableGrad() { return gradMode("enableGrad", true); }

    private static Guard gradMode(String name, boolean on) { return mode(name, () -> new AutoGradMode(on)::close); }

    /** Enters a mode of this thread, which this thread alone may leave. */
    private static Guard mode(String name, Supplier<Guard> enter) {
        Thread thread = platformThread("Torch." + name);
        Guard mode = enter.get();
        return () -> {
            if (Thread.currentThread() != thread) {
                throw new IllegalStateException("Torch." + name + ": expected to be closed on thread "
                        + thread.getName() + ", where it was opened. Received " + Thread.currentThread().getName());
            }
            mode.close();
        };
    }

    /** The current thread. libtorch's modes are the carrier's, so other virtual threads would run in them. */
    static Thread platformThread(String where) {
        Thread thread = Thread.currentThread();
        if (!thread.isVirtual()) return thread;
        throw new IllegalStateException(where + ": expected a platform thread. Received a virtual one, which may change"
                + " its carrier in mid-computation; hand tensor code to an executor of platform threads.");
    }

    /** As {@link #on(Device, DType)}; the type stays what it is. */
    public static Guard on(Device device) { return on(device, dtype()); }

    /**
     * Until the guard is closed, tensors that this thread makes lie on {@code device}, and floating-point ones are of
     * {@code type} where none is said: those of {@link Tensor#zeros(long...)}, {@link Tensor#of(float[], long...)} and
     * all other creation, and the parameters of layers. Integers stay integers, and the values of an array keep its
     * type. What an operator makes lies where its operands do.
     *
     * <pre>{@code
     * try (var _ = Torch.on(Device.META)) {
     *     IO.println(new Linear(784, 10).parameterCount());      // no memory, no random numbers
     * }
     * }</pre>
     *
     * @param type float32, float64, float16 or bfloat16
     * @throws IllegalArgumentException for another type, or a device that is not there
     */
    public static Guard on(Device device, DType type) {
        var placement = new Placement(device, type);
        return mode("on", placement::enter);
    }

    /** Where this thread makes tensors: the CPU, unless {@link #on(Device, DType)} says otherwise. */
    public static Device device() { return Placement.current().device(); }

    /** The type of new floating-point tensors: float32, unless {@link #on(Device, DType)} says otherwise. */
    public static DType dtype() { return Placement.current().type(); }

    /** As {@link #noGrad}, and faster: its results can never take part in recorded operations. */
    public static Guard inference() { return mode("inference", () -> new InferenceMode(true)::close); }

    /**
     * Attention is computed step by step, on all threads, until the guard is closed: slower than by one kernel, which
     * takes a NaN for something that is not to be seen.
     */
    public static Guard plainAttention() {
        var context = torch.globalContext();
        boolean fused = context.userEnabledFlashSDP();
        context.setSDPUseFlash(false);
        return () -> context.setSDPUseFlash(fused);
    }

    /**
     * Mixed precision on this thread until the guard is closed: operations that profit from it, such as matrix
     * products, run in {@code type}, those that need the range, such as softmax, in float32. Parameters and their
     * gradients stay in float32. For the forward pass and the loss, not for backward.
     *
     * @param type float16 or bfloat16; float32 for none inside another one
     * @throws IllegalArgumentException for another type
     */
    public static Guard autocast(Device device, DType type) {
        var now = Autocast.current(device.kind());
        var wanted = switch (type) {
            case FLOAT16, BFLOAT16 -> new Autocast(now.device(), true, type.scalarType);
            case FLOAT32 -> new Autocast(now.device(), false, now.type());
            default -> throw new IllegalArgumentException("Torch.autocast: expected float16, bfloat16 or float32."
                    + " Received " + type);
        };
        return mode("autocast", wanted::enter);
    }

    /** Whether {@link #autocast} is on for this kind of device. */
    public static boolean isAutocast(Device device) { return Autocast.current(device.kind()).enabled(); }

    /** Whether {@link #inference} is on for this thread. */
    public static boolean isInference() { return InferenceMode.is_enabled(); }

    /** Whether operators on this thread are recorded for gradients. */
    public static boolean isGradEnabled() { return org.bytedeco.pytorch.GradMode.is_enabled(); }

    /** Number of CUDA devices that can be used; 0 without the CUDA build or a driver. */
    public static int cudaDevices() { return torch.cuda_is_available() ? (int) torch.cuda_device_count() : 0; }

    /** libtorch's version, such as {@code 2.10.0}. */
    public static String version() { return Engine.version(); }

    /** The BLAS behind matrix products: {@code MKL} or {@code OpenBLAS}. */
    public static String blas() { return Engine.blas(); }

    /**
     * Whether convolutions, and products where it is faster, go by oneDNN. It is left out on virtual machines with
     * AMD's processors that hide how large the caches are: there it computes wrong values.
     */
    public static boolean hasOneDnn() { return Engine.hasOneDnn(); }

    /** The widest vector instructions in use, such as {@code AVX512}. */
    public static String cpuCapability() { return torch.get_cpu_capability().getString(); }
}
