package dev.merapi.tensor;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.pytorch.global.torch.DeviceType;

/**
 * Where a tensor's memory lies.
 *
 * @param kind the sort of device
 * @param index which of them, from 0
 */
public record Device(Kind kind, int index) {
    /** The CPU. */
    public static final Device CPU = new Device(Kind.CPU, 0);

    /**
     * Nowhere: a tensor here has a type and a shape, but no memory and no values. Operators give results of the right
     * shape. For models that are built before their weights are read, or to see what shapes they give.
     */
    public static final Device META = new Device(Kind.META, 0);

    /** The engine's own devices, kept for good: there are few. */
    private static final Map<Device, org.bytedeco.pytorch.Device> UNWRAPPED = new ConcurrentHashMap<>();

    /** The sorts of device that Merapi runs on. */
    public enum Kind { CPU, CUDA, META }

    public Device {
        if (index < 0 || (kind != Kind.CUDA && index > 0)) {
            throw new IllegalArgumentException(kind + " device: expected an index from 0. Received " + index);
        }
    }

    /** The CUDA device of this index; whether it exists shows when something is moved there. */
    public static Device cuda(int index) { return new Device(Kind.CUDA, index); }

    /** The first CUDA device where there is one, else the CPU. */
    public static Device best() { return Torch.cudaDevices() > 0 ? cuda(0) : CPU; }

    /** Reads {@code cpu}, {@code cuda}, {@code cuda:1} or {@code auto} (see {@link #best}). */
    public static Device parse(String text) {
        if (text.equals("auto")) return best();
        if (text.equals("cpu")) return CPU;
        if (text.equals("cuda")) return cuda(0);
        if (text.matches("cuda:\\d{1,3}")) return cuda(Integer.parseInt(text.substring(5)));
        throw new IllegalArgumentException("Device: expected cpu, cuda, cuda:<index> or auto. Received " + text);
    }

    /** As PyTorch writes it: {@code cpu}, {@code cuda:0} or {@code meta}. */
    @Override public String toString() {
        return switch (kind) {
            case CPU -> "cpu";
            case CUDA -> "cuda:" + index;
            case META -> "meta";
        };
    }

    /**
     * This device.
     *
     * @throws IllegalArgumentException if it does not exist here
     */
    public Device expectThere() {
        unwrap();
        return this;
    }

    /** The engine's own device, never to be closed. */
    org.bytedeco.pytorch.Device unwrap() { return UNWRAPPED.computeIfAbsent(this, Device::open); }

    private org.bytedeco.pytorch.Device open() {
        if (kind == Kind.CUDA && index >= Torch.cudaDevices()) {
            throw new IllegalArgumentException("Device: expected one of the " + Torch.cudaDevices()
                    + " CUDA devices here. Received " + this
                    + ". It takes an NVIDIA GPU, its driver, and libtorch's build for CUDA.");
        }
        return switch (kind) {
            case CPU -> new org.bytedeco.pytorch.Device(DeviceType.CPU);
            case CUDA -> new org.bytedeco.pytorch.Device(DeviceType.CUDA, (byte) index);
            case META -> new org.bytedeco.pytorch.Device(DeviceType.Meta);
        };
    }
}
