package dev.merapi.train;

import dev.merapi.loss.CrossEntropy;
import dev.merapi.optim.Adam;
import dev.merapi.optim.Clip;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

/** A change that should not alter training leaves these losses as they are. */
class CurveTest {
    /** What {@link #byTrainer} gave when the trainer was new, on AVX-512. */
    private static final double[] STORED = {
        1.129268, 0.970018, 0.842519, 0.733007, 0.738685, 0.510719, 0.461066, 0.463954, 0.318170, 0.305105};

    private static double[] byTrainer() {
        var losses = new ArrayList<Double>();
        Blobs.trainer(Blobs.model()).clipNorm(1).listen(new Listener() {
            @Override public void step(Step step) { losses.add(step.loss()); }
        }).fit(Blobs.train(320, 32));
        return losses.stream().mapToDouble(d -> d).toArray();
    }

    @Test void theLossesAreThoseStored() { assertArrayEquals(STORED, byTrainer(), 1e-4); }

    @Test void theTrainerDoesWhatTheHandWrittenLoopDoes() {
        var losses = new ArrayList<Double>();
        var model = Blobs.model();
        Torch.seed(5);
        try (var adam = new Adam(model, 1e-2); var train = Blobs.train(320, 32)) {
            for (var batch : train) {
                try (var _ = Scope.open()) {
                    var loss = new CrossEntropy().forward(model.forward(batch.x()), batch.y());
                    adam.zeroGrad();
                    loss.backward();
                    Clip.norm(model, 1);
                    adam.step();
                    losses.add(loss.item());
                }
            }
        }
        assertEquals(10, losses.size());
        assertArrayEquals(losses.stream().mapToDouble(d -> d).toArray(), byTrainer(), 0);
    }
}
