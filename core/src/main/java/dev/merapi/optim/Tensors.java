package dev.merapi.optim;

import dev.merapi.tensor.Tensor;

/**
 * Tensors of one device and type that the engine works on together, the first with the first, and so on. Operators are
 * {@link Tensor}'s of the same name; a trailing underscore means in place.
 */
public final class Tensors {
    static final Tensors NONE = new Tensors();

    private final Tensor[] all;

    public Tensors(Tensor... all) {
        this.all = all;
    }

    /** How many there are. */
    public int size() { return all.length; }

    /** The tensor at {@code index}. */
    public Tensor get(int index) { return all[index]; }

    public Tensors abs() { return new Tensors(callAll("_foreach_abs", "", this)); }

    public Tensors sqrt() { return new Tensors(callAll("_foreach_sqrt", "", this)); }

    public Tensors sign() { return new Tensors(callAll("_foreach_sign", "", this)); }

    public Tensors add(double x) { return new Tensors(callAll("_foreach_add", "Scalar", this, x)); }

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

    public Tensors add_(double x) { return inPlace("_foreach_add_", "Scalar", this, x); }

    public Tensors add_(Tensors other, double factor) { return inPlace("_foreach_add_", "List", this, other, factor); }

    public Tensors mul_(double x) { return inPlace("_foreach_mul_", "Scalar", this, x); }

    public Tensors mul_(Tensor x) { return inPlace("_foreach_mul_", "Tensor", this, x); }

    public Tensors mul_(Tensors other) { return inPlace("_foreach_mul_", "List", this, other); }

    public Tensors div_(Tensors other) { return inPlace("_foreach_div_", "List", this, other); }

    public Tensors maximum_(Tensors other) { return inPlace("_foreach_maximum_", "List", this, other); }

    public Tensors clamp_(double low, double high) {
        inPlace("_foreach_clamp_min_", "Scalar", this, low);
        return inPlace("_foreach_clamp_max_", "Scalar", this, high);
    }

    public Tensors sqrt_() { return inPlace("_foreach_sqrt_", "", this); }

    public Tensors sign_() { return inPlace("_foreach_sign_", "", this); }

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
