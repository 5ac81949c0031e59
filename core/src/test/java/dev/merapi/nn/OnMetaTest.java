package dev.merapi.nn;

import dev.merapi.Meta;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.State;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A tensor on the CPU in a model on META is found, as it would be on a GPU. */
class OnMetaTest {
    /** What a layer might make on the CPU by mistake while it runs, for x (2, 3, 4). */
    private enum Fault {
        SUM(x -> x.add(Tensor.ones(4))),
        PRODUCT(x -> x.matmul(Tensor.ones(4, 4))),
        AFFINE(x -> F.linear(x, Tensor.ones(4, 4), null)),
        NEW_BIAS(x -> F.linear(x, x.newOnes(4, 4), Tensor.ones(4))),
        NORM(x -> F.layerNorm(x, new long[] {4}, Tensor.ones(4), Tensor.zeros(4), 1e-5)),
        CONVOLUTION(x -> new Conv1d(3, 3, 1).forward(x)),
        LOOKUP(x -> F.embedding(x.newZeros(DType.INT64, 2, 3), Tensor.ones(9, 4), -1)),
        IDS(x -> F.embedding(Tensor.zeros(DType.INT64, 2, 3), x.newOnes(9, 4), -1)),
        CHOICE(x -> Tensor.ones(2, 3, 4).gt(0).where(x, x.neg())),
        FILL(x -> x.maskedFill(Tensor.ones(3, 4).gt(0), 0)),
        JOIN(x -> Tensor.cat(List.of(x, Tensor.ones(2, 3, 4)), 0)),
        ROWS(x -> x.indexSelect(0, Tensor.of(new long[] {0, 1}))),
        MASK(x -> F.attention(x.unsqueeze(1), x.unsqueeze(1), x.unsqueeze(1),
                Mask.hidden(Tensor.ones(3, 3).gt(0)), 0)),
        KEYS(x -> F.attention(x.unsqueeze(1), Tensor.ones(2, 1, 3, 4), x.unsqueeze(1), Mask.NONE, 0)),
        RESULT(x -> Tensor.ones(2, 3, 4));

        private final UnaryOperator<Tensor> makes;

        Fault(UnaryOperator<Tensor> makes) { this.makes = makes; }
    }

    private static final class Net extends Layer {
        final Linear in = new Linear(4, 4);
        private final transient UnaryOperator<Tensor> then;

        Net(UnaryOperator<Tensor> then) { this.then = then; }

        Tensor forward(Tensor x) { return then.apply(in.forward(x)); }
    }

    private static void run(Supplier<Net> made) {
        Meta.check(made, net -> net.forward(Tensor.empty(Device.META, DType.FLOAT32, 2, 3, 4)), 2, 3, 4);
    }

    /** A tensor that is a single number is one on any device. */
    @Test void aModelWithoutAFaultPasses() {
        run(() -> new Net(x -> x.add(x.newOnes(4)).mul(Tensor.scalar(2, x.dtype()))));
    }

    @ParameterizedTest @EnumSource(Fault.class)
    void whatIsMadeOnTheCpuIsFound(Fault fault) {
        var found = assertThrows(Throwable.class, () -> run(() -> new Net(fault.makes))).getMessage();
        assertTrue(found.contains("expected tensors on one device. Received ")
                || fault == Fault.RESULT && found.equals("expected: <meta> but was: <cpu>"), found);
    }

    /** A parameter that does not ask where it is to be made. */
    private static final class Stray extends Layer {
        final Param weight = param(Init.ones(), 2);
        final State mean;

        Stray() {
            try (var _ = Torch.on(Device.CPU)) {
                mean = state(Init.zeros(), 2);
            }
        }
    }

    @Test void aParameterOnTheCpuIsFound() {
        var found = assertThrows(AssertionError.class, () -> Meta.check(Stray::new, net -> net.weight.mul(2), 2));
        assertTrue(found.getMessage().startsWith("mean"), found::getMessage);
    }
}
