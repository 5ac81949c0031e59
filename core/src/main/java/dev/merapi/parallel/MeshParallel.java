package dev.merapi.parallel;

import dev.merapi.data.BatchSource;
import dev.merapi.io.LazyTensor;
import dev.merapi.io.Safetensors;
import dev.merapi.io.Weights;
import dev.merapi.nn.Layer;
import dev.merapi.optim.Clip;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Strategy;
import java.nio.file.Path;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tensor parallelism within data parallelism: ranks along the mesh's {@code tensor} have parts of each block and learn
 * together from one batch; those along {@code data} have the same parts and learn from other batches.
 *
 * <pre>{@code
 * try (var mesh = DeviceMesh.of(group, 2, 1, 2); var parallel = MeshParallel.of(mesh, TensorParallel.BERT)) {
 *     trainer.strategy(parallel).fit(train, test);
 * }
 * }</pre>
 *
 * Steps are those of {@link DataParallel} by as many ranks as the mesh has along {@code data}. The model stays divided
 * after a fit; files hold it whole, with the state of an optimizer whose tensors have the shapes of its parameters, so
 * that any number of ranks, divided or not, goes on from a checkpoint. All ranks call {@code evaluate} and
 * {@code predict} together.
 */
public final class MeshParallel implements Strategy, AutoCloseable {
    private final DeviceMesh mesh;
    private final TensorParallel plan;
    private final DataParallel parallel; // along data
    private final Map<String, Integer> along = new LinkedHashMap<>(); // divided parameters, and which dimension
    private final Map<String, Param> params = new LinkedHashMap<>();
    private final Set<Param> divided = Collections.newSetFromMap(new IdentityHashMap<>());

    private MeshParallel(DeviceMesh mesh, TensorParallel plan) {
        this.mesh = mesh;
        this.plan = plan;
        parallel = DataParallel.of(mesh.data());
    }

    /**
     * @param mesh of one stage; stays open when this is closed
     * @param plan which layers are divided
     */
    public static MeshParallel of(DeviceMesh mesh, TensorParallel plan) {
        if (mesh.pipeline().world() == 1) return new MeshParallel(mesh, plan);
        throw new IllegalArgumentException("MeshParallel: expected a mesh with one stage. Received "
                + mesh.pipeline().world() + "; a model in stages is trained by PipelineParallel.");
    }

    /** Along {@code data}: ranks with parts of one model count as one. */
    @Override public int rank() { return parallel.rank(); }

    @Override public int world() { return parallel.world(); }

    @Override public boolean isMain() { return mesh.all().rank() == 0; }

    // ---- before the fit

    @Override public <B> BatchSource<B> prepare(BatchSource<B> train) { return parallel.prepare(train); }

    /**
     * Gives all ranks rank 0's weights, and leaves each its part.
     *
     * @throws IllegalArgumentException if the plan does not fit the model
     */
    @Override public void prepare(Layer model) {
        close();
        if (TensorParallel.along(model).isEmpty()) { // not by an earlier fit
            mesh.all().expectSame("model", DataParallel.describe(model));
            try (var _ = Torch.noGrad()) {
                model.tensors().values().stream().distinct().forEach(tensor -> mesh.tensor().broadcast(tensor, 0));
            }
            plan.divide(model, mesh.tensor());
        }
        along.putAll(TensorParallel.along(model));
        params.putAll(model.params());
        along.keySet().forEach(name -> divided.add(params.get(name)));
        parallel.prepare(model);
        try (var _ = Scope.open()) { // who compute one thing draw the same numbers
            Tensor random = Torch.rngState();
            mesh.tensor().broadcast(random, 0);
            Torch.rngState(random);
        }
    }

    // ---- in a step

    @Override public void beforeLast(List<Param> params) { parallel.beforeLast(params); }

    @Override public void reduce(List<Param> params) { parallel.reduce(params); }

    @Override public Tensor clip(List<Param> parts, double max) {
        try (var scope = Scope.open(); var _ = Torch.noGrad()) {
            double own = norm(parts.stream().filter(divided::contains).toList());
            double common = norm(parts.stream().filter(part -> !divided.contains(part)).toList());
            double norm = Math.sqrt(mesh.tensor().sum(own * own) + common * common);
            double factor = Math.min(1, max / (norm + 1e-6)); // as Clip
            for (Param part : parts) if (part.grad() != null && factor < 1) part.grad().mul_(factor);
            return scope.keep(Tensor.scalar(norm, DType.FLOAT32));
        }
    }

    private static double norm(List<Param> params) { return Clip.norm(params, Double.POSITIVE_INFINITY, 2).item(); }

    @Override public void settle(Layer model) { parallel.settle(model); }

    @Override public double sum(double value) { return parallel.sum(value); }

    @Override public double max(double value) { return mesh.all().max(value); }

    @Override public double broadcast(double value) { return mesh.all().sum(isMain() ? value : 0); }

    @Override public List<String> gather(String text) { return parallel.gather(text); }

    @Override public void fail() {
        parallel.fail();
        mesh.tensor().fail();
        mesh.all().fail();
    }

    // ---- files

    @Override public void save(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) {
        var all = new LinkedHashMap<String, LazyTensor>();
        tensors.forEach((name, tensor) -> all.put(name, whole(name, tensor)));
        if (isMain()) {
            Safetensors.stream(file, all, metadata);
        } else if (rank() == 0) { // the main rank's model
            for (LazyTensor each : Safetensors.ordered(all)) {
                try (var _ = Scope.open(); var _ = Torch.noGrad()) {
                    each.values().get();
                }
            }
        }
    }

    private LazyTensor whole(String name, Tensor own) {
        int dimension = dimension(name, own);
        if (dimension < 0) return LazyTensor.of(own);
        long[] shape = own.shape();
        shape[dimension] *= mesh.tensor().world();
        return new LazyTensor(own.dtype(), shape, () -> TensorParallel.whole(own.detach(), dimension, mesh.tensor()));
    }

    /** Which dimension ranks have parts of; -1 for none. A state has its parameter's name within its own. */
    private int dimension(String name, Tensor tensor) {
        String param = params.keySet().stream().filter(each -> ("." + name + ".").contains("." + each + "."))
                .max((a, b) -> Integer.compare(a.length(), b.length())).orElse(null);
        if (param == null || !along.containsKey(param) || tensor.rank() == 0) return -1;
        if (tensor.rank() == params.get(param).rank()) return along.get(param);
        throw new IllegalArgumentException("MeshParallel: expected state of an optimizer in the shapes of its"
                + " parameters. Received " + name + " of " + tensor.describe() + " for "
                + params.get(param).describe() + "; choose another optimizer, such as AdamW.");
    }

    @Override public void load(Layer model, Path file) {
        var saved = Weights.open(file);
        try (var _ = Scope.open()) {
            var tensors = new LinkedHashMap<String, Tensor>();
            saved.names().forEach(name -> tensors.put(name, saved.tensor(name)));
            Weights.of(own(tensors)).loadInto(model);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    @Override public Map<String, Tensor> own(Map<String, Tensor> saved) {
        var own = new LinkedHashMap<String, Tensor>();
        saved.forEach((name, tensor) -> own.put(name, part(tensor, dimension(name, tensor))));
        return own;
    }

    private Tensor part(Tensor whole, int dimension) {
        int ranks = mesh.tensor().world();
        if (dimension < 0 || whole.size(dimension) % ranks != 0) return whole;
        long size = whole.size(dimension) / ranks;
        return whole.narrow(dimension, mesh.tensor().rank() * size, size);
    }

    /** Forgets the model, which stays divided; the mesh stays open. */
    @Override public void close() {
        parallel.close();
        along.clear();
        params.clear();
        divided.clear();
    }
}
