package dev.merapi.nn;

import dev.merapi.tensor.Tensor;
import java.util.function.UnaryOperator;

/**
 * Activations without parameters, for any shape: as a part of {@link Sequential}, or as a value in a
 * configuration. With arguments, use {@link F}: {@code new Sequential(new Linear(8, 8), x -> F.leakyRelu(x,
 * 0.2))}.
 */
public enum Activation implements Unary {
    IDENTITY(x -> x),
    RELU(Tensor::relu),
    RELU6(F::relu6),
    LEAKY_RELU(x -> F.leakyRelu(x, 0.01)),
    ELU(x -> F.elu(x, 1)),
    SELU(F::selu),
    CELU(x -> F.celu(x, 1)),
    GELU(F::gelu),
    GELU_TANH(F::geluTanh),
    SILU(F::silu),
    MISH(F::mish),
    SIGMOID(Tensor::sigmoid),
    LOG_SIGMOID(F::logSigmoid),
    HARDSIGMOID(F::hardsigmoid),
    HARDSWISH(F::hardswish),
    TANH(Tensor::tanh),
    HARDTANH(x -> F.hardtanh(x, -1, 1)),
    TANHSHRINK(F::tanhshrink),
    SOFTPLUS(x -> F.softplus(x, 1, 20)),
    SOFTSIGN(F::softsign),
    SOFTSHRINK(x -> F.softshrink(x, 0.5)),
    HARDSHRINK(x -> F.hardshrink(x, 0.5)),
    /** Over the last axis. */
    SOFTMAX(x -> x.softmax(-1)),
    /** Over the last axis. */
    LOG_SOFTMAX(x -> x.logSoftmax(-1));

    private final UnaryOperator<Tensor> function;

    Activation(UnaryOperator<Tensor> function) {
        this.function = function;
    }

    @Override public Tensor forward(Tensor x) { return function.apply(x); }
}
