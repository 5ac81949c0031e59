package dev.merapi.tensor;

import dev.merapi.internal.Engine;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.global.torch;

/**
 * The engine as a whole: seed, threads, devices, versions, gradient modes.
 *
 * <pre>{@code
 * Torch.seed(1337);
 * Torch.threads(2);
 * try (var _ = Torch.noGrad()) { ... }
 * IO.println(Torch.version() + " " + Torch.blas());
 * }</pre>
 */
public final class Torch {
    static {
        Engine.ensureStarted();
    }

    private Torch() {}

    /** Seeds the generators of all devices: initial weights, dropout, shuffles and random tensors follow from it. */
    public static void seed(long seed) { torch.manual_seed(seed); }

    /** The state of the CPU's generator, uint8: {@link #rngState(Tensor)} lets random numbers go on from it. */
    public static Tensor rngState() { return Tensor.wrap(() -> torch.getDefaultCPUGenerator().get_state()); }

    /** Puts the CPU's generator into a state that {@link #rngState()} returned. */
    public static void rngState(Tensor state) { torch.getDefaultCPUGenerator().set_state(state.unwrap()); }

    /** Threads that one operator may use. */
    public static int threads() { return torch.get_num_threads(); }

    /** Sets how many threads one operator may use. */
    public static void threads(int count) {
        if (count < 1) throw new IllegalArgumentException("Torch.threads: expected at least 1. Received " + count);
        torch.set_num_threads(count);
    }

    /**
     * Operators called on this thread run on it alone from now on; those of other threads are as before. For a thread
     * that works beside a training one.
     */
    public static void useOneThread() { Engine.useOneThread(); }

    /** No operation records gradients on this thread until the guard is closed. */
    public static Guard noGrad() { return gradMode(false); }

    /** Operations record gradients again inside {@link #noGrad}. */
    public static Guard enableGrad() { return gradMode(true); }

    private static Guard gradMode(boolean on) {
        var mode = new AutoGradMode(on);
        return mode::close;
    }

    /** As {@link #noGrad}, and faster: its results can never take part in recorded operations. */
    public static Guard inference() {
        var mode = new InferenceMode(true);
        return mode::close;
    }

    public static boolean isGradEnabled() { return org.bytedeco.pytorch.GradMode.is_enabled(); }

    /** Number of CUDA devices that can be used; 0 without the CUDA build or a driver. */
    public static int cudaDevices() { return torch.cuda_is_available() ? (int) torch.cuda_device_count() : 0; }

    /** libtorch's version, such as {@code 2.10.0}. */
    public static String version() { return Engine.version(); }

    /** The BLAS behind matrix products: {@code MKL} or {@code OpenBLAS}. */
    public static String blas() { return Engine.blas(); }

    /** The widest vector instructions in use, such as {@code AVX512}. */
    public static String cpuCapability() { return torch.get_cpu_capability().getString(); }
}
