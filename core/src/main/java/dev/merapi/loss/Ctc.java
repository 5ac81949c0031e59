package dev.merapi.loss;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;

/**
 * Connectionist temporal classification (Graves et al. 2006): −log of the summed probability of every alignment of a
 * target with longer input, where a blank may stand between labels. Each sample's loss is divided by its target's
 * length, then averaged. As {@code torch.nn.CTCLoss}.
 *
 * @param blank the class that stands for no label
 * @param zeroInfinity whether a target too long for its input counts 0 instead of infinity
 */
public record Ctc(int blank, boolean zeroInfinity) {
    /** @throws IllegalArgumentException for a negative blank */
    public Ctc { Expect.atLeast("Ctc.blank", 0, blank); }

    /** Class 0 is blank; impossible targets cost infinity. */
    public Ctc() { this(0, false); }

    /**
     * @param scores (T, B, C): class scores, or log-probabilities, which log-softmax leaves as they are
     * @param targets class ids without blanks: (B, S) padded with anything, or all of them one after the other (ΣS)
     * @param inputLengths (B): frames of each sample, up to T
     * @param targetLengths (B): labels of each sample
     */
    public Tensor forward(Tensor scores, Tensor targets, Tensor inputLengths, Tensor targetLengths) {
        return run(scores, targets, inputLengths, targetLengths, Reduction.MEAN);
    }

    /** The single losses (B), not divided by the targets' lengths. */
    public Tensor each(Tensor scores, Tensor targets, Tensor inputLengths, Tensor targetLengths) {
        return run(scores, targets, inputLengths, targetLengths, Reduction.NONE);
    }

    private Tensor run(Tensor scores, Tensor targets, Tensor inputLengths, Tensor targetLengths, long reduction) {
        if (scores.rank() != 3) {
            throw new IllegalArgumentException("Ctc: expected scores (T, B, C). Received "
                    + Shapes.toString(scores.shape()));
        }
        if (blank >= scores.size(2)) {
            throw new IllegalArgumentException("Ctc: expected a blank class below " + scores.size(2)
                    + ", the number of classes. Received " + blank);
        }
        long batch = scores.size(1);
        lengths(inputLengths, batch, scores.size(0), "input");
        if (!targets.dtype().isInteger() || targets.rank() != 1 && (targets.rank() != 2 || targets.size(0) != batch)) {
            throw new IllegalArgumentException("Ctc: expected targets as integers of shape (" + batch + ", S) or (ΣS)."
                    + " Received " + targets.describe());
        }
        checkIds(targets, lengths(targetLengths, batch, targets.size(-1), "target"), scores.size(2));
        return Tensor.call("ctc_loss", "Tensor", scores.logSoftmax(2), targets.to(DType.INT64),
                inputLengths.to(DType.INT64), targetLengths.to(DType.INT64), blank, reduction, zeroInfinity);
    }

    /** The lengths as numbers: the engine brings them to the CPU anyway. */
    private static long[] lengths(Tensor lengths, long batch, long most, String what) {
        if (lengths.rank() != 1 || lengths.size(0) != batch || !lengths.dtype().isInteger()) {
            throw new IllegalArgumentException("Ctc: expected " + what + " lengths as integers of shape (" + batch
                    + "). Received " + lengths.describe());
        }
        long[] all = lengths.toLongs();
        for (long length : all) {
            if (length >= 0 && length <= most) continue;
            throw new IllegalArgumentException("Ctc: expected " + what + " lengths from 0 to " + most + ". Received "
                    + length);
        }
        return all;
    }

    /** The engine reads beyond its memory for an id that is no class. A GPU is not waited for. */
    private static void checkIds(Tensor targets, long[] lengths, long classes) {
        boolean joined = targets.rank() == 1;
        if (joined && Arrays.stream(lengths).sum() != targets.size(0)) {
            throw new IllegalArgumentException("Ctc: expected targets (ΣS) of " + Arrays.stream(lengths).sum()
                    + " labels, as the target lengths say. Received " + targets.size(0));
        }
        if (!targets.device().equals(Device.CPU)) return;
        long[] ids = targets.toLongs();
        int row = joined ? 0 : (int) targets.size(1);
        for (int b = 0, from = 0; b < lengths.length; from += joined ? (int) lengths[b] : row, b++) {
            for (int i = from; i < from + lengths[b]; i++) {
                if (ids[i] >= 0 && ids[i] < classes) continue;
                throw new IllegalArgumentException("Ctc: expected targets of classes from 0 to " + (classes - 1)
                        + ". Received " + ids[i]);
            }
        }
    }
}
