package dev.merapi.speech.synthesis;

import dev.merapi.loss.Ctc;
import dev.merapi.nn.Conv1d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * Which symbol each frame is of, learnt from texts and sounds alone: symbols and frames are brought to one space, where
 * near ones belong together, and all ways to share frames out in order are summed as CTC does (Badlani et al. 2021,
 * "One TTS Alignment To Rule Them All", <a href="https://arxiv.org/abs/2108.10447">arXiv:2108.10447</a>).
 *
 * <p>B batch, S symbols, T frames, M bands, E width.
 */
final class Aligner extends Layer {
    private static final double NEVER = -1e4; // of what fills up; infinity would give NaN in gradients
    private static final double BLANK = -1; // log of what CTC adds between symbols, as in the paper
    private static final double SLOPE = 0.2; // how far from the diagonal a frame may usually lie, of the whole

    final Sequential symbols;
    final Sequential frames;

    Aligner(int width, int bands, int space) {
        symbols = new Sequential(new Conv1d(width, width, 3, ConvOptions.SAME), new Relu(),
                new Conv1d(width, space, 1));
        frames = new Sequential(new Conv1d(bands, space, 3, ConvOptions.SAME), new Relu(), new Conv1d(space, space, 1));
    }

    /** Log-probabilities (B, T, S) of the symbols of each frame, of vectors of symbols (B, S, E). */
    Tensor forward(Tensor vectors, VoiceBatch batch) {
        Tensor keys = symbols.forward(vectors.transpose(1, 2)).transpose(1, 2); // (B, S, A)
        Tensor queries = frames.forward(batch.bands().transpose(1, 2)).transpose(1, 2); // (B, T, A)
        Tensor squares = queries.square().sum(new long[] {2}, true)
                .add(keys.square().sum(2).unsqueeze(1)).sub(queries.matmul(keys.transpose(1, 2)).mul(2));
        Tensor near = squares.mul(-1.0 / Math.sqrt(queries.size(2))).add(diagonal(batch));
        Tensor fill = near.newArange(near.size(2)).unsqueeze(0).ge(batch.symbolLengths().unsqueeze(1)).unsqueeze(1);
        return near.maskedFill(fill, NEVER).logSoftmax(2);
    }

    /** A voice goes through its text at about one speed (Tachibana et al. 2018, arXiv:1710.08969, section 4). */
    private static Tensor diagonal(VoiceBatch batch) {
        Tensor s = part(batch.symbols().size(1), batch.symbolLengths()).unsqueeze(1); // (B, 1, S)
        Tensor t = part(batch.bands().size(1), batch.frameLengths()).unsqueeze(2); // (B, T, 1)
        return s.sub(t).square().mul(-1 / (2 * SLOPE * SLOPE));
    }

    private static Tensor part(long size, Tensor lengths) {
        return lengths.newArange(size).to(DType.FLOAT32).unsqueeze(0).div(lengths.to(DType.FLOAT32).unsqueeze(1));
    }

    /** −log of the probability of all ways to go through the symbols in order. */
    static Tensor loss(Tensor logs, VoiceBatch batch) {
        Tensor blank = logs.newFull(BLANK, logs.size(0), logs.size(1), 1);
        Tensor scores = Tensor.cat(List.of(blank, logs), 2).transpose(0, 1); // (T, B, S + 1)
        Tensor targets = batch.symbols().newArange(1, batch.symbols().size(1) + 1, 1).unsqueeze(0)
                .repeat(batch.size(), 1);
        return new Ctc(0, true).forward(scores, targets, batch.frameLengths(), batch.symbolLengths());
    }

    /** The likeliest way: (B, T, S), 1 where a frame is of a symbol. */
    static Tensor hard(Tensor logs, VoiceBatch batch) {
        int frames = (int) logs.size(1), symbols = (int) logs.size(2);
        float[] values = logs.detach().toFloats();
        long[] frameLengths = batch.frameLengths().toLongs(), symbolLengths = batch.symbolLengths().toLongs();
        var one = new float[values.length];
        for (int b = 0; b < frameLengths.length; b++) {
            int offset = b * frames * symbols;
            int[] path = MonotonicSearch.best(values, offset, symbols, (int) frameLengths[b], (int) symbolLengths[b]);
            for (int t = 0; t < path.length; t++) one[offset + t * symbols + path[t]] = 1;
        }
        return Tensor.of(one, logs.shape()).to(logs.device());
    }
}
