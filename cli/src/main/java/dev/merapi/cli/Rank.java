package dev.merapi.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.merapi.parallel.DataParallel;
import dev.merapi.parallel.DeviceMesh;
import dev.merapi.parallel.MeshParallel;
import dev.merapi.parallel.ProcessGroup;
import dev.merapi.parallel.Rendezvous;
import dev.merapi.parallel.TensorParallel;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Setup;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Torch;
import java.nio.file.Path;
import java.util.TreeMap;

/** This process's part in a training of several, where it was started as one of them. */
final class Rank implements AutoCloseable {
    private final ProcessGroup group; // null: alone
    private final DeviceMesh mesh; // null: each rank has a whole model
    private DataParallel parallel;
    private MeshParallel divided;

    private Rank(ProcessGroup group, DeviceMesh mesh) {
        this.group = group;
        this.mesh = mesh;
    }

    /**
     * Meets the others.
     *
     * @param setup that all must have; null where it is read from the run
     * @param tensor ranks that have one model together
     * @throws IllegalStateException if some have another setup, or other code
     */
    static Rank join(Setup<?> setup, int tensor) {
        if (!Rendezvous.isInEnvironment()) return new Rank(null, null);
        var group = ProcessGroup.join(Rendezvous.ofEnvironment());
        try {
            if (setup != null) group.expectSame("configuration", json(setup));
            group.expectSame("code", Code.hash());
            group.expectSame("option --tensor", "" + tensor);
            if (tensor == 1) return new Rank(group, null);
            return new Rank(group, DeviceMesh.of(group, group.world() / tensor, 1, tensor));
        } catch (RuntimeException e) {
            group.close();
            throw e;
        }
    }

    private static String json(Setup<?> setup) {
        try {
            return new ObjectMapper().writeValueAsString(new TreeMap<>(setup.toMap()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether this one writes and speaks. */
    boolean isMain() { return group == null || group.rank() == 0; }

    /** The folder that rank 0 has chosen. */
    Path folder(Path own) { return group == null ? own : Path.of(group.gather(own.toString()).getFirst()); }

    /** Of several GPUs, each rank of a machine takes its own. */
    Device device(Device chosen) {
        String local = System.getenv("LOCAL_RANK");
        if (group == null || local == null || chosen.kind() != Device.Kind.CUDA) return chosen;
        return Device.cuda(Integer.parseInt(local) % Torch.cudaDevices());
    }

    /** Whether this one has a part of the model that rank 0 has. */
    boolean takesPart() { return isMain() || mesh != null && mesh.data().rank() == 0; }

    void prepare(Job<?> job) {
        if (group == null) return;
        var trainer = job.trainer();
        if (mesh == null) {
            var model = trainer.task().model();
            parallel = DataParallel.of(group, DataParallel.Options.fitting(model, job::train, group.world()));
            trainer.strategy(parallel);
        } else {
            divided = MeshParallel.of(mesh, TensorParallel.fitting(trainer.task().model()));
            trainer.strategy(divided);
        }
    }

    @Override public void close() {
        if (group == null) return;
        if (parallel != null) parallel.close();
        if (divided != null) divided.close();
        if (mesh != null) mesh.close();
        group.close();
    }
}
