package dev.merapi.tensor;

import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.global.torch;

/**
 * A generator of random numbers of one's own: what is drawn from it follows from its seed alone, not from
 * {@link Torch#seed}, other generators or other threads.
 *
 * <pre>{@code
 * var client = new Rng(1);
 * var noise = Tensor.randn(client, 16, 8);
 * var state = client.state();                      // for a checkpoint, beside the weights
 * var drawn = Tensor.rand(client, 4).multinomial(2, false, client);
 * client.state(state);                             // and so again
 * }</pre>
 *
 * It gives the numbers that the process's generator gives after {@code Torch.seed} of the same seed. Threads may share
 * one, but what each then receives does not repeat.
 */
public final class Rng {
    private final Device device;
    private final org.bytedeco.pytorch.Generator pointer;

    /** On the CPU. */
    public Rng(long seed) { this(seed, Device.CPU); }

    /** For tensors on {@code device}, which draws by itself. */
    public Rng(long seed, Device device) {
        this.device = device;
        var made = make(device);
        made.set_current_seed(seed);
        pointer = new org.bytedeco.pytorch.Generator((Pointer) made); // since the cleaner must not hold what it watches
        Handle.CLEANER.register(pointer, made::close);
    }

    private static org.bytedeco.pytorch.Generator make(Device device) {
        if (device.equals(Device.CPU)) {
            Torch.version(); // starts the engine
            return torch.createCPUGenerator();
        }
        return torch.globalContext().defaultGenerator(device.unwrap()).clone();
    }

    /** Where it draws. */
    public Device device() { return device; }

    /** The seed that its numbers began with. */
    public long seed() { return pointer.current_seed(); }

    /** Begins anew. */
    public void seed(long seed) { pointer.set_current_seed(seed); }

    /** Its state, uint8: a copy, with which numbers go on where they were. */
    public Tensor state() { return Tensor.wrap(pointer::get_state); }

    /**
     * Goes on from a {@link #state}.
     *
     * @throws IllegalArgumentException if it is not one of a generator for this kind of device
     */
    public void state(Tensor state) {
        long length;
        try (Tensor now = state()) {
            length = now.numel();
        }
        if (state.dtype() != DType.UINT8 || state.rank() != 1 || state.numel() != length) {
            throw new IllegalArgumentException("Rng.state: expected " + length + " bytes, as state() of a"
                    + " generator on " + device + " returns. Received " + state.describe());
        }
        try (Tensor near = state.to(Device.CPU); Tensor copy = near.copy()) {
            pointer.set_state(copy.unwrap());
        } catch (RuntimeException e) {
            throw EngineErrors.translate(e, state);
        }
    }

    org.bytedeco.pytorch.Generator unwrap() { return pointer; }

    /** Where it draws, and its seed. */
    @Override public String toString() { return "Rng(" + device + ", seed=" + seed() + ")"; }
}
