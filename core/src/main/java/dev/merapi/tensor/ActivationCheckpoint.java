package dev.merapi.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.TensorBase;

/**
 * Trades time for memory: a part of a model whose activations are not kept for backward but computed again there, from
 * its input (Chen et al. 2016, <a href="https://arxiv.org/abs/1604.06174">arXiv:1604.06174</a>).
 *
 * <pre>{@code
 * var block = ActivationCheckpoint.of(layer::forward);
 * block.apply(x).sum().backward();
 * }</pre>
 *
 * Values and gradients are those of the plain function: random numbers, such as dropout's, and mixed precision repeat.
 * The function must do the same both times. Its parameters receive gradients from {@code backward()}, not from
 * {@link Tensor#grad(List, List, boolean)}, and the gradients cannot be differentiated again.
 */
public final class ActivationCheckpoint {
    private ActivationCheckpoint() {}

    /** The function that computes {@code f} so. */
    public static UnaryOperator<Tensor> of(UnaryOperator<Tensor> f) {
        var list = ofList(inputs -> f.apply(inputs.getFirst()));
        return x -> list.apply(List.of(x));
    }

    /** As {@link #of} for a function of several tensors. */
    public static Function<List<Tensor>, Tensor> ofList(Function<List<Tensor>, Tensor> f) {
        return inputs -> Torch.isGradEnabled() ? new Segment(f, NOTHING, inputs).forward(inputs) : f.apply(inputs);
    }

    /**
     * As {@link #of}, with something around each run of {@code f}.
     *
     * @param around opened before the run, and closed behind it: in backward, behind the gradients that come of it
     */
    public static UnaryOperator<Tensor> of(UnaryOperator<Tensor> f, Around around) {
        return x -> {
            if (Torch.isGradEnabled()) {
                return new Segment(inputs -> f.apply(inputs.getFirst()), around, List.of(x)).forward(List.of(x));
            }
            try (var _ = around.forward()) {
                return f.apply(x);
            }
        };
    }

    /** What a function needs while it runs: weights that are elsewhere, say. */
    public interface Around {
        /** Around the first run, whose activations are not kept. */
        Guard forward();

        /** Around the run that backward repeats, and its gradients. */
        Guard backward();
    }

    private static final Around NOTHING = new Around() {
        @Override public Guard forward() { return () -> { }; }

        @Override public Guard backward() { return () -> { }; }
    };

    /** One call: what must be remembered from forward to backward. */
    private static final class Segment {
        private final Function<List<Tensor>, Tensor> f;
        private final Around around;
        private final List<Tensor> inputs; // outside the graph
        private final boolean[] differentiable;
        private final Tensor[] gradients;  // from the recomputation until backward reaches the input
        private final Tensor rng = Torch.rngState().owned();
        private final Autocast onCpu = Autocast.current(Device.Kind.CPU);
        private final Autocast onCuda = Autocast.current(Device.Kind.CUDA);

        Segment(Function<List<Tensor>, Tensor> f, Around around, List<Tensor> inputs) {
            this.f = f;
            this.around = around;
            this.inputs = inputs.stream().map(x -> x.detach().owned()).toList();
            differentiable = new boolean[inputs.size()];
            for (int i = 0; i < differentiable.length; i++) differentiable[i] = inputs.get(i).requiresGrad();
            gradients = new Tensor[inputs.size()];
        }

        /**
         * In the graph, the output depends on each input by the sum of none of its elements: subtracting that changes
         * no bit. A hook at the output recomputes, and hooks at the inputs put in what it found.
         */
        Tensor forward(List<Tensor> originals) {
            try (var scope = Scope.open()) {
                Tensor value = withoutGraph(originals);
                // for inputs without a gradient
                Tensor nothing = value.newZeros(DType.FLOAT32, 0).requiresGrad_(true).sum();
                for (int i = 0; i < gradients.length; i++) {
                    if (differentiable[i]) nothing = nothing.add(noneOf(originals.get(i), i));
                }
                Tensor output = scope.keep(value.sub(nothing.to(value.dtype())));
                GradientHook.replace(output, this::recompute);
                GraphLifetime.whenFreed(output, this::free);
                return output;
            }
        }

        private Tensor withoutGraph(List<Tensor> originals) {
            try (var _ = Torch.noGrad(); var _ = autocast(); var _ = around.forward(); var scope = Scope.open()) {
                return scope.keep(f.apply(originals).detach()); // it may be an input, with a graph of its own
            }
        }

        private Tensor noneOf(Tensor x, int i) {
            Tensor view = Tensor.call("alias", "", x);
            GradientHook.replace(view, _ -> takeGradient(i));
            return (view.rank() == 0 ? view.unsqueeze(0) : view).narrow(0, 0, 0).sum();
        }

        private org.bytedeco.pytorch.Tensor recompute(TensorBase gradient) {
            try (var _ = Scope.open(); var _ = Torch.enableGrad(); var _ = autocast()) {
                Tensor now = Torch.rngState();
                var again = new ArrayList<Tensor>();
                for (int i = 0; i < differentiable.length; i++) {
                    again.add(inputs.get(i).detach().requiresGrad_(differentiable[i]));
                }
                try (var _ = around.backward()) {
                    Torch.rngState(rng);
                    Tensor output = f.apply(again);
                    Tensor above = Tensor.wrap(() -> new org.bytedeco.pytorch.Tensor(gradient));
                    if (output.requiresGrad()) output.backward(above);
                } finally {
                    Torch.rngState(now);
                }
                for (int i = 0; i < gradients.length; i++) {
                    Tensor found = again.get(i).grad();
                    gradients[i] = found == null ? null : found.owned();
                }
                return null;
            }
        }

        /** The mode of the first call, with a cache of converted weights that is its own, for its own graph. */
        private Guard autocast() {
            Guard cpu = onCpu.enter();
            Guard cuda = onCuda.enter();
            return () -> {
                cuda.close();
                cpu.close();
            };
        }

        private org.bytedeco.pytorch.Tensor takeGradient(int i) {
            try (Tensor found = gradients[i]) {
                gradients[i] = null;
                return found == null ? null : new org.bytedeco.pytorch.Tensor(found.unwrap());
            }
        }

        private void free() {
            inputs.forEach(Tensor::close);
            rng.close();
        }
    }
}
