package dev.merapi.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.merapi.parallel.DataParallel;
import dev.merapi.parallel.ProcessGroup;
import dev.merapi.parallel.Rendezvous;
import dev.merapi.recipe.Setup;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Trainer;
import java.nio.file.Path;
import java.util.TreeMap;

/** This process's part in a training of several, where it was started as one of them. */
record Rank(ProcessGroup group, DataParallel parallel) implements AutoCloseable {
    private static final Rank ALONE = new Rank(null, null);

    /**
     * Meets the others.
     *
     * @param setup that all must have; null where it is read from the run
     * @throws IllegalStateException if some have another setup, or other code
     */
    static Rank join(Setup<?> setup) {
        if (!Rendezvous.isInEnvironment()) return ALONE;
        var group = ProcessGroup.join(Rendezvous.ofEnvironment());
        try {
            if (setup != null) group.expectSame("configuration", json(setup));
            group.expectSame("code", Code.hash());
            return new Rank(group, DataParallel.of(group));
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

    void prepare(Trainer<?> trainer) { if (parallel != null) trainer.strategy(parallel); }

    @Override public void close() {
        if (group == null) return;
        parallel.close();
        group.close();
    }
}
