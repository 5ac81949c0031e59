package dev.merapi.optim;

import dev.merapi.tensor.Tensor;

/** Tensors that the engine's multi-tensor operators work on together, element by element of the list. */
final class Tensors {
    static final Tensors NONE = new Tensors();

    private final Tensor[] all;

    Tensors(Tensor... all) {
        this.all = all;
    }

    Tensors abs() { return new Tensors(callAll("_foreach_abs", "", this)); }

    Tensors sqrt() { return new Tensors(callAll("_foreach_sqrt", "", this)); }

    Tensors add(double x) { return new Tensors(callAll("_foreach_add", "Scalar", this, x)); }

    Tensors add(Tensors other, double factor) {
        return new Tensors(callAll("_foreach_add", "List", this, other, factor));
    }

    /** {@code this + factor · a · b}. */
    Tensors addcmul(Tensors a, Tensors b, double factor) {
        return new Tensors(callAll("_foreach_addcmul", "Scalar", this, a, b, factor));
    }

    /** {@code this + weight · (end - this)}. */
    Tensors lerp(Tensors end, double weight) {
        return new Tensors(callAll("_foreach_lerp", "Scalar", this, end, weight));
    }

    Tensors add_(double x) { return inPlace("_foreach_add_", "Scalar", this, x); }

    Tensors add_(Tensors other, double factor) { return inPlace("_foreach_add_", "List", this, other, factor); }

    Tensors mul_(double x) { return inPlace("_foreach_mul_", "Scalar", this, x); }

    Tensors mul_(Tensor x) { return inPlace("_foreach_mul_", "Tensor", this, x); }

    Tensors mul_(Tensors other) { return inPlace("_foreach_mul_", "List", this, other); }

    Tensors div_(Tensors other) { return inPlace("_foreach_div_", "List", this, other); }

    Tensors maximum_(Tensors other) { return inPlace("_foreach_maximum_", "List", this, other); }

    Tensors clamp_(double low, double high) {
        inPlace("_foreach_clamp_min_", "Scalar", this, low);
        return inPlace("_foreach_clamp_max_", "Scalar", this, high);
    }

    Tensors sqrt_() { return inPlace("_foreach_sqrt_", "", this); }

    Tensors sign_() { return inPlace("_foreach_sign_", "", this); }

    Tensors lerp_(Tensors end, double weight) { return inPlace("_foreach_lerp_", "Scalar", this, end, weight); }

    /** Adds {@code factor · a · b}. */
    Tensors addcmul_(Tensors a, Tensors b, double factor) {
        return inPlace("_foreach_addcmul_", "Scalar", this, a, b, factor);
    }

    /** Adds {@code factor · a / b}. */
    Tensors addcdiv_(Tensors a, Tensors b, double factor) {
        return inPlace("_foreach_addcdiv_", "Scalar", this, a, b, factor);
    }

    /** The p-norm of each. */
    Tensor[] norm(double order) { return callAll("_foreach_norm", "Scalar", this, order, null); }

    private Tensors inPlace(String name, String overload, Object... arguments) {
        callAll(name, overload, arguments);
        return this;
    }

    /** Runs one of the engine's operators; arguments as for {@link Tensor#call}, or {@code Tensors}. */
    static Tensor[] callAll(String name, String overload, Object... arguments) {
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i] instanceof Tensors tensors) arguments[i] = tensors.all;
        }
        return Tensor.callAll(name, overload, arguments);
    }
}
