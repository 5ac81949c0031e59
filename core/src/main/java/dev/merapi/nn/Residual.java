package dev.merapi.nn;

import dev.merapi.tensor.Tensor;

/** y = body(x) + shortcut(x). Shapes: those of body. He et al. 2015, arXiv:1512.03385. */
public final class Residual extends Layer implements Unary {
    Unary body;
    Unary shortcut;

    /** y = body(x) + x. */
    public Residual(Unary body) { this(body, Activation.IDENTITY); }

    /** y = body(x) + shortcut(x), whose shapes must be the same. */
    public Residual(Unary body, Unary shortcut) {
        this.body = body;
        this.shortcut = shortcut;
    }

    @Override public Tensor forward(Tensor x) {
        Tensor y = Watches.child(this, "body", body, x, body.forward(x));
        Tensor beside = shortcut == Activation.IDENTITY ? x
                : Watches.child(this, "shortcut", shortcut, x, shortcut.forward(x));
        return hooked(y.add(beside), x);
    }
}
