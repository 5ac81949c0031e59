package dev.merapi.train;

import dev.merapi.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class RememberedTest {
    @TempDir Path temp;

    /** Counts what it was told. */
    private static final class Count implements Remembered, Listener {
        long steps;

        @Override public void step(Step step) { steps++; }

        @Override public Map<String, Tensor> state() { return Map.of("steps", Tensor.of(new long[] {steps})); }

        @Override public void load(Map<String, Tensor> saved) { steps = saved.get("steps").itemLong(); }
    }

    private Count fit(int epochs, boolean remembering) {
        var count = new Count();
        var trainer = Blobs.trainer(Blobs.model()).epochs(epochs).folder(temp).resume().listen(count);
        if (remembering) trainer.remember(count);
        trainer.fit(Blobs.train(64, 32).workers(0), Blobs.test());
        return count;
    }

    @Test void whatIsRememberedComesBackWithTheRun() {
        assertEquals(4, fit(2, true).steps);
        assertEquals(6, fit(3, true).steps, "4 of before and 2 more");
        assertTrue(Files.exists(temp.resolve("checkpoints/step-000000006/memory.safetensors")));
    }

    @Test void aCheckpointWithoutIt() {
        fit(1, false);
        Path memory = temp.resolve("checkpoints/step-000000002/memory.safetensors");
        assertFalse(Files.exists(memory));
        assertEquals(memory + ": expected what the run remembers. Received a checkpoint without it; begin a new run in"
                + " another folder.", assertThrows(IllegalArgumentException.class, () -> fit(2, true)).getMessage());
    }
}
