package dev.merapi.tensor;

import dev.merapi.internal.Aten;
import dev.merapi.internal.Engine;
import java.lang.ref.Cleaner;
import org.bytedeco.pytorch.IValue;

/**
 * What an operator of the engine gave that is no tensor, such as a weight packed for its int8 kernels: an argument for
 * {@link Tensor#call}. It is freed when it is closed, or as garbage.
 *
 * <pre>{@code
 * var packed = Opaque.call("quantized::linear_prepack", "", weight, bias);
 * Tensor y = Tensor.call("quantized::linear_dynamic", "", x, packed, false);
 * }</pre>
 */
public final class Opaque implements AutoCloseable {
    private final IValue value;
    private final Cleaner.Cleanable cleanable;

    private Opaque(IValue value) {
        this.value = value;
        this.cleanable = Handle.CLEANER.register(this, value::close); // a call keeps its arguments until it returns
    }

    /** Runs an operator whose one result is no tensor; as {@link Tensor#call}. */
    public static Opaque call(String name, String overload, Object... arguments) {
        Engine.ensureStarted();
        try {
            OneDevice.expect(arguments);
            return new Opaque(Aten.op(name, overload).callOpaque(Autograd.unwrap(arguments)));
        } catch (RuntimeException e) {
            throw EngineErrors.ofCall(e, name, arguments);
        }
    }

    IValue unwrap() { return value; }

    /** Frees it; nobody may be using it. Once more does nothing. */
    @Override public void close() { cleanable.clean(); }
}
