package dev.merapi.tensor;

/**
 * Where this thread makes new tensors, and of which type where none is said; see {@link Torch#on(Device, DType)}.
 *
 * @param type a floating-point one
 */
record Placement(Device device, DType type) {
    private static final Placement USUAL = new Placement(Device.CPU, DType.FLOAT32);
    private static final ThreadLocal<Placement> CURRENT = ThreadLocal.withInitial(() -> USUAL);

    Placement {
        boolean computes = switch (type) {
            case FLOAT32, FLOAT64, FLOAT16, BFLOAT16 -> true;
            default -> false;
        };
        if (!computes) {
            throw new IllegalArgumentException("Torch.on: expected float32, float64, float16 or bfloat16. Received "
                    + type + "; tensors of other types are made by naming it, as in Tensor.zeros(DType, …).");
        }
    }

    static Placement current() { return CURRENT.get(); }

    /** Puts this in force; the guard puts back what was. */
    Guard enter() {
        var before = current();
        device.expectThere();
        CURRENT.set(this);
        return () -> {
            if (before == USUAL) CURRENT.remove();
            else CURRENT.set(before);
        };
    }
}
