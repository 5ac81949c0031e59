package dev.merapi.bench.raw;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorType;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.global.torch;

/** Adam by libtorch's fused kernels, which JavaCPP reaches through the dispatcher alone. */
final class FusedAdam {
    private static final double RATE = 1e-3;
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-8;

    private final OperatorHandle adam = operator("aten::_fused_adam_", "");
    private final OperatorHandle addTo = operator("aten::_foreach_add_", "Scalar");

    private final Tensor[] params;
    private final IValue paramList;
    private final IValue means;
    private final IValue squares;
    private final IValue steps;
    private final IValue none = new IValue();
    private final IValue noTensors = list();

    FusedAdam(Tensor... params) {
        this.params = params;
        this.paramList = list(params);
        this.means = list(each(p -> torch.zeros_like(p.detach())));
        this.squares = list(each(p -> torch.zeros_like(p.detach())));
        this.steps = list(each(_ -> torch.zeros(new long[0])));
    }

    /** Updates the parameters and clears their gradients. */
    void step() {
        try (var _ = new PointerScope(); var _ = new NoGradGuard()) {
            call(addTo, steps, new IValue(1.0));
            call(adam, paramList, list(each(Tensor::grad)), means, squares, noTensors, steps,
                    new IValue(RATE), new IValue(BETA1), new IValue(BETA2),
                    new IValue(0.0), new IValue(EPSILON),                     // no weight decay
                    new IValue(false), new IValue(false),                     // neither AMSGrad nor maximise
                    none, none);
            for (Tensor param : params) param.mutable_grad().reset();
        }
    }

    private Tensor[] each(UnaryOperator<Tensor> function) {
        return Arrays.stream(params).map(function).toArray(Tensor[]::new);
    }

    private static OperatorHandle operator(String name, String overload) {
        return Dispatcher.singleton().findSchemaOrThrow(name, overload);
    }

    private static void call(OperatorHandle operator, IValue... arguments) {
        operator.callBoxed(new IValueVector(arguments));
    }

    private static IValue list(Tensor... tensors) {
        var list = new GenericList(new Type.TypePtr(TensorType.get()));
        for (Tensor tensor : tensors) list.push_back(new IValue(tensor));
        return new IValue(list);
    }
}
