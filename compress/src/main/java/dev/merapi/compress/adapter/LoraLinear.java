package dev.merapi.compress.adapter;

import dev.merapi.nn.Layer;
import dev.merapi.nn.MatrixLayer;
import dev.merapi.nn.Name;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An affine map that does not learn, and what adapters add to it. Hu et al. 2021, arXiv:2106.09685. Its weight and bias
 * keep their names.
 */
final class LoraLinear extends Layer implements MatrixLayer {
    @Name("") Unary base; // an MatrixLayer
    @Name("lora") final Map<String, LoraWeights> adapters = new LinkedHashMap<>();
    private List<String> active = List.of();
    private transient Tensor original; // the base's matrix while adapters are merged into it; else null

    LoraLinear(MatrixLayer base) { this.base = base; }

    private MatrixLayer affine() { return (MatrixLayer) base; }

    void add(String name, LoraConfig config) {
        var own = (Layer) base;
        var type = own.dtype().isFloating() ? own.dtype() : Torch.dtype();
        try (var _ = Scope.open(); var _ = Torch.on(own.device(), type)) {
            var weights = new LoraWeights(affine(), config);
            weights.train(isTraining());
            adapters.put(name, weights);
        }
    }

    void remove(String name) {
        var gone = adapters.remove(name);
        if (gone != null) gone.close();
    }

    /** Frees all but the base. */
    void release() {
        List.copyOf(adapters.keySet()).forEach(this::remove);
        closing();
    }

    /** Adds the changes of some adapters from now on, and trains these alone. */
    void use(List<String> names) {
        unmerge();
        active = names.stream().filter(adapters::containsKey).toList();
        adapters.forEach((name, weights) -> weights.freeze(!active.contains(name)));
    }

    @Override public Tensor forward(Tensor x) {
        Tensor y = base.forward(x);
        if (original != null) return hooked(y, x);
        Tensor sum = y;
        for (String name : active) sum = sum.add(adapters.get(name).added(affine(), x, y));
        return hooked(sum, x);
    }

    void expectWritable() {
        if (isWritable()) return;
        throw Expect.error("Adapters.merge", "weights that can be changed by little at " + path(), "quantised ones",
                "use the adapter beside them, or merge it into the model before it is quantised");
    }

    /** What a file of the model's weights is to say of it, so that it is opened again with all adapters. */
    void tell(Map<String, LoraConfig> configs) {
        var own = new LinkedHashMap<>(configs);
        own.keySet().retainAll(adapters.keySet());
        LoraKind.of(own).mark((Layer) base, this);
    }

    /** Puts the changes into the base's own weight. */
    void merge() {
        if (original != null) return;
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            Tensor matrix = affine().matrix();
            original = matrix.copy().owned();
            for (String name : active) matrix.add_(adapters.get(name).change(original).to(matrix.dtype()));
        }
    }

    /** Gives the base the bits back that it had before. */
    void unmerge() {
        if (original == null) return;
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            affine().matrix().copy_(original);
        }
        original.close();
        original = null;
    }

    @Override public Tensor matrix() { return affine().matrix(); }

    @Override public Tensor bias() { return affine().bias(); }

    @Override public boolean isWritable() { return affine().isWritable(); }

    @Override protected void closing() {
        if (original != null) original.close();
    }
}
