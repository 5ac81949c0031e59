package dev.merapi.optim;

import dev.merapi.tensor.Tensor;

/**
 * Tensors of one device and type that the engine works on together, the first with the first, and so on. Operators are
 * {@link Tensor}'s of the same name; a trailing underscore means in place.
 */
public final class Tensors {
    static final Tensors NONE = new Tensors();

    private final Tensor[] all;

    /** These tensors, of any shapes. */
    public Tensors(Tensor... all) {
        this.all = all;
    }

    /** How many there are. */
    public int size() { return all.length; }

    /** The tensor at {@code index}. */
    public Tensor get(int index) { return all[index]; }

    /** The absolute values. */
    public Tensors abs() { return new Tensors(callAll("_foreach_abs", "", this)); }

    /** The square roots. */
    public Tensors sqrt() { return new Tensors(callAll("_foreach_sqrt", "", this)); }

    /** -1, 0 or 1. */
    public Tensors sign() { return new Tensors(callAll("_foreach_sign", "", this)); }

    /** Each plus x. */
    public Tensors add(double x) { return new Tensors(callAll("_foreach_add", "Scalar", this, x)); }

    /** this + factor · other. */
    public Tensors add(Tensors other, double factor) {
        return new Tensors(callAll("_foreach_add", "List", this, other, factor));
    }

    /** {@code this + factor · a · b}. */
    public Tensors addcmul(Tensors a, Tensors b, double factor) {
        return new Tensors(callAll("_foreach_addcmul", "Scalar", this, a, b, factor));
    }

    /** {@code this + weight · (end - this)}. */
    public Tensors lerp(Tensors end, double weight) {
        return new Tensors(callAll("_foreach_lerp", "Scalar", this, end, weight));
    }

    /** Adds x in place. */
    public Tensors add_(double x) { return inPlace("_foreach_add_", "Scalar", this, x); }

    /** Adds factor · other in place. */
    public Tensors add_(Tensors other, double factor) { return inPlace("_foreach_add_", "List", this, other, factor); }

    /** Multiplies by x in place. */
    public Tensors mul_(double x) { return inPlace("_foreach_mul_", "Scalar", this, x); }

    /** Multiplies all by one 0-d tensor in place. */
    public Tensors mul_(Tensor x) { return inPlace("_foreach_mul_", "Tensor", this, x); }

    /** Multiplies by {@code other} in place. */
    public Tensors mul_(Tensors other) { return inPlace("_foreach_mul_", "List", this, other); }

    /** Divides by {@code other} in place. */
    public Tensors div_(Tensors other) { return inPlace("_foreach_div_", "List", this, other); }

    /** The larger of the two, element by element, in place. */
    public Tensors maximum_(Tensors other) { return inPlace("_foreach_maximum_", "List", this, other); }

    /** Moves elements into [low, high], in place. */
    public Tensors clamp_(double low, double high) {
        inPlace("_foreach_clamp_min_", "Scalar", this, low);
        return inPlace("_foreach_clamp_max_", "Scalar", this, high);
    }

    /** The square roots, in place. */
    public Tensors sqrt_() { return inPlace("_foreach_sqrt_", "", this); }

    /** -1, 0 or 1, in place. */
    public Tensors sign_() { return inPlace("_foreach_sign_", "", this); }

    /** this + weight · (end − this), in place. */
    public Tensors lerp_(Tensors end, double weight) { return inPlace("_foreach_lerp_", "Scalar", this, end, weight); }

    /** Adds {@code factor · a · b}. */
    public Tensors addcmul_(Tensors a, Tensors b, double factor) {
        return inPlace("_foreach_addcmul_", "Scalar", this, a, b, factor);
    }

    /** Adds {@code factor · a / b}. */
    public Tensors addcdiv_(Tensors a, Tensors b, double factor) {
        return inPlace("_foreach_addcdiv_", "Scalar", this, a, b, factor);
    }

    /** The p-norm of each. */
    public Tensor[] norm(double order) { return callAll("_foreach_norm", "Scalar", this, order, null); }

    private Tensors inPlace(String name, String overload, Object... arguments) {
        callAll(name, overload, arguments);
        return this;
    }

    /** Runs one of the engine's operators; arguments as for {@link Tensor#call}, or {@code Tensors}. */
    public static Tensor[] callAll(String name, String overload, Object... arguments) {
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i] instanceof Tensors tensors) arguments[i] = tensors.all;
        }
        return Tensor.callAll(name, overload, arguments);
    }
}
