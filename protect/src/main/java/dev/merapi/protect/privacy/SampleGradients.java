package dev.merapi.protect.privacy;

import dev.merapi.data.Tree;
import dev.merapi.nn.Hooks;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Operation;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Pass;
import java.lang.System.Logger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The gradient of each sample of a batch, for a model as it is.
 *
 * <pre>{@code
 * var gradients = new SampleGradients(model);
 * var all = gradients.of(batch, b -> Pass.of(loss.forward(model.forward(b.x()), b.y()), b.size()));
 * IO.println(all.norms());                        // (B)
 * }</pre>
 *
 * One forward and one backward pass over the whole batch: what the functions of {@link dev.merapi.nn.F} saw and the
 * gradients of their results give each sample's gradient in closed form, for weights of products, convolutions,
 * embeddings and norms, and so for all layers made of them, recurrent ones and attention too. The first time, sums over
 * the samples are compared with the gradients that backward gave. A parameter for which they differ, or whose use
 * nobody saw, goes the general way from then on: one sample after another through the whole model, which is slow, and
 * said in the log.
 *
 * <p>Losses are sums over samples, each of which must depend on that sample alone. Frozen parameters have no gradient,
 * unused ones one of 0; a parameter used by two layers has the sum.
 */
public final class SampleGradients {
    private static final Logger LOG = System.getLogger(SampleGradients.class.getName());
    private static final double TOLERANCE = 1e-3; // of a gradient's norm: float32 sums in another order

    private final Layer model;
    private final Map<Param, String> names = new IdentityHashMap<>();
    private final Set<Param> slow = Collections.newSetFromMap(new IdentityHashMap<>());
    private boolean compared;

    /** @param model whose trainable parameters are looked at */
    public SampleGradients(Layer model) {
        this.model = model;
        model.params().forEach((name, param) -> names.put(param, name));
    }

    /** The names of the parameters that go the slow way, as far as it is known after the passes so far. */
    public Set<String> slow() { return slow.stream().map(names::get).collect(Collectors.toUnmodifiableSet()); }

    /**
     * The gradients for one batch. What the parameters held as gradients is as before.
     *
     * @param batch tensors whose first axis is the samples', as {@link Tree} finds them
     * @param forward the model's pass over a batch, of which it may be given parts
     * @return valid until the scope that is open here closes
     */
    public <B> Taken of(B batch, Function<B, Pass> forward) {
        long samples = samples(batch);
        var before = setAside();
        try {
            if (!compared) compare(batch, forward);
            var taken = take(batch, samples, forward);
            compared = true;
            return taken;
        } finally {
            putBack(before);
        }
    }

    /** The samples of a batch, the first axis of its first tensor. */
    static long samples(Object batch) {
        return Tree.tensors(batch).values().stream().findFirst().map(t -> t.size(0)).orElseThrow(() ->
                new IllegalArgumentException("SampleGradients: expected a batch with tensors. Received "
                        + batch.getClass().getSimpleName() + " without."));
    }

    /** Samples {@code from} to below {@code to} of a batch. */
    static <B> B part(B batch, long from, long to) {
        return Tree.map(batch, t -> t.rank() == 0 ? t : t.narrow(0, from, to - from));
    }

    /** With a single sample, where whatever has another first axis than the batch shows. */
    private <B> void compare(B batch, Function<B, Pass> forward) {
        if (samples(batch) < 2) return;
        try (var _ = Scope.open()) {
            take(part(batch, 0, 1), 1, forward);
        }
    }

    private <B> Taken take(B batch, long samples, Function<B, Pass> forward) {
        model.params().values().forEach(Param::clearGrad);
        var seen = new Recorder(names.keySet());
        Pass pass;
        try (var _ = Hooks.operations(seen::ran)) {
            pass = forward.apply(batch);
        }
        if (pass.weight() == 0) return new Taken(pass, samples, Map.of());
        pass.loss().mul(pass.weight()).backward();
        var found = new LinkedHashMap<Param, Contribution>();
        var missing = new ArrayList<Param>();
        try (var _ = Torch.noGrad()) {
            for (Param param : model.params().values()) {
                if (!param.isTrainable() || param.grad() == null) continue; // frozen or unused
                var parts = slow.contains(param) ? null : seen.contributions(param, samples);
                if (parts != null && (compared || agrees(param, parts))) found.put(param, parts);
                else missing.add(param);
            }
        }
        if (!missing.isEmpty()) {
            sayOnce(missing);
            oneByOne(missing, batch, samples, forward, found);
        }
        return new Taken(pass, samples, found);
    }

    private static boolean agrees(Param param, Contribution parts) {
        Tensor total = param.grad();
        if (total.isSparse()) total = total.toDense();
        Tensor sum = parts.weighted(total.newOnes(parts.samples()));
        double off = sum.sub(total).norm().item();
        return !(off > TOLERANCE * Math.max(1e-6, total.norm().item())); // a NaN is for others to find
    }

    private void sayOnce(List<Param> missing) {
        var fresh = missing.stream().filter(slow::add).map(names::get).toList();
        if (fresh.isEmpty()) return;
        LOG.log(Logger.Level.INFO, () -> fresh.size()
                + " parameters without a closed form for gradients of samples, which"
                + " cost a pass for each sample from now on: " + String.join(", ", fresh));
    }

    /** The general way: a pass for each sample. */
    private <B> void oneByOne(List<Param> params, B batch, long samples, Function<B, Pass> forward,
            Map<Param, Contribution> into) {
        var all = params.stream().map(p -> p.newZeros(join(samples, p.shape())).detach()).toList();
        for (long i = 0; i < samples; i++) {
            try (var _ = Scope.open()) {
                params.forEach(Param::clearGrad);
                Pass pass = forward.apply(part(batch, i, i + 1));
                if (pass.weight() == 0) continue;
                pass.loss().mul(pass.weight()).backward();
                try (var _ = Torch.noGrad()) {
                    for (int p = 0; p < all.size(); p++) {
                        Tensor gradient = params.get(p).grad();
                        if (gradient != null) all.get(p).select(0, i).copy_(gradient.isSparse() ? gradient.toDense()
                                : gradient);
                    }
                }
            }
        }
        for (int p = 0; p < all.size(); p++) into.put(params.get(p), new Made(all.get(p)));
    }

    private static long[] join(long first, long[] rest) {
        var all = new long[rest.length + 1];
        all[0] = first;
        System.arraycopy(rest, 0, all, 1, rest.length);
        return all;
    }

    private Map<Param, Tensor> setAside() {
        var before = new IdentityHashMap<Param, Tensor>();
        model.params().values().forEach(param -> {
            if (param.grad() != null) before.put(param, param.grad());
        });
        return before;
    }

    private void putBack(Map<Param, Tensor> before) {
        model.params().values().forEach(param -> {
            param.clearGrad();
            if (before.get(param) instanceof Tensor gradient) param.grad(gradient);
        });
    }

    /** What ran, and the gradients of what came out. */
    private static final class Recorder {
        private final Set<Param> params;
        private final List<Ran> all = Collections.synchronizedList(new ArrayList<>());

        private static final class Ran {
            final Operation operation;
            volatile Tensor gradient; // of the result; null: it has none

            Ran(Operation operation) { this.operation = operation; }
        }

        Recorder(Set<Param> params) { this.params = params; }

        void ran(Operation operation, Tensor y) {
            if (!y.requiresGrad() || !isTrained(operation.weight()) && !isTrained(operation.bias())) return;
            var ran = new Ran(operation);
            all.add(ran);
            y.onGradient(gradient -> {
                ran.gradient = gradient;
                return null;
            });
        }

        private boolean isTrained(Tensor t) { return t instanceof Param p && params.contains(p) && p.isTrainable(); }

        /** Null where a use had another first axis than the samples'. */
        Contribution contributions(Param param, long samples) {
            var parts = new ArrayList<Contribution>();
            for (Ran ran : all) {
                if (ran.gradient == null || ran.operation.weight() != param && ran.operation.bias() != param) continue;
                if (ran.gradient.rank() == 0 || ran.gradient.size(0) != samples) return null;
                parts.add(ran.operation.weight() == param ? weight(ran.operation, ran.gradient)
                        : Made.sum(ran.gradient, param.shape(), isOfChannels(ran.operation)));
            }
            return parts.isEmpty() ? null : Uses.of(parts);
        }

        private static Contribution weight(Operation operation, Tensor g) {
            return switch (operation) {
                case Operation.Affine a -> AffineWeight.of(a.x().detach(), g);
                case Operation.Convolution c -> new ConvolutionWeight(c, g);
                case Operation.Scaling s -> Made.sum(g.mul(s.normalized().get()), s.weight().shape(), s.channels());
                case Operation.Lookup l -> Rows.of(l.ids(), g, l.weight().size(0), l.padding());
            };
        }

        private static boolean isOfChannels(Operation operation) {
            return operation instanceof Operation.Convolution
                    || operation instanceof Operation.Scaling scaling && scaling.channels();
        }
    }

    /** The gradients of a batch's samples. */
    public static final class Taken {
        private final Pass pass;
        private final long samples;
        private final Map<Param, Contribution> gradients;

        private Taken(Pass pass, long samples, Map<Param, Contribution> gradients) {
            this.pass = pass;
            this.samples = samples;
            this.gradients = gradients;
        }

        /** The pass over the whole batch. */
        public Pass pass() { return pass; }

        /** B. */
        public long samples() { return samples; }

        /** The 2-norm of each sample's gradient over all parameters, (B). */
        public Tensor norms() {
            return squaredNorms().values().stream().reduce(Tensor::add).map(Tensor::sqrt)
                    .orElseGet(() -> Tensor.zeros(samples));
        }

        /** The squared norm of each sample's gradient of each parameter that has one, (B). */
        Map<Param, Tensor> squaredNorms() {
            try (var _ = Torch.noGrad()) {
                var norms = new LinkedHashMap<Param, Tensor>();
                gradients.forEach((param, gradient) -> norms.put(param, gradient.squaredNorms()));
                return norms;
            }
        }

        /**
         * All gradients of a parameter, (B, …) of its shape, or null if it has none: for small models, few samples.
         */
        public Tensor of(Param param) {
            try (var _ = Torch.noGrad()) {
                return gradients.get(param) instanceof Contribution c ? c.perSample(0, samples) : null;
            }
        }

        /** Σ over samples of coefficient (B) · gradient of a parameter that has one. */
        Tensor weighted(Param param, Tensor coefficients) {
            try (var _ = Torch.noGrad()) {
                return gradients.get(param).weighted(coefficients);
            }
        }
    }
}
