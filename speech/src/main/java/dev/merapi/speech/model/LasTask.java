package dev.merapi.speech.model;

import dev.merapi.loss.Ctc;
import dev.merapi.metric.Metric;
import dev.merapi.speech.data.Alphabet;
import dev.merapi.speech.decode.DecodeOptions;
import dev.merapi.speech.decode.ErrorRate;
import dev.merapi.speech.decode.Hypothesis;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Pass;
import dev.merapi.train.Task;
import java.util.ArrayList;
import java.util.List;

/**
 * Trains {@link ListenAttendSpell} to write each next symbol, the end included, and its listener by CTC beside, where
 * the config says so. Measures error rates of what it writes on its own.
 */
public final class LasTask implements Task<SpeechBatch> {
    private static final Ctc CTC = new Ctc(0, true);

    private final ListenAttendSpell model;
    private final LasDecoder decoder;

    /** For a network with a class for each symbol of the alphabet, and 0. */
    public LasTask(ListenAttendSpell model, Alphabet alphabet) {
        this.model = model;
        decoder = new LasDecoder(model, alphabet, DecodeOptions.GREEDY);
    }

    @Override public ListenAttendSpell model() { return model; }

    @Override public List<Metric<?, ?>> metrics() { return List.of(ErrorRate.words(), ErrorRate.characters()); }

    @Override public Pass forward(SpeechBatch batch) {
        return new Pass(loss(batch, model.listen(batch.x(), batch.lengths())), batch.size(), null, null);
    }

    @Override public Pass evaluate(SpeechBatch batch) {
        var heard = model.listen(batch.x(), batch.lengths());
        var texts = decoder.greedy(heard).stream().map(Hypothesis::text).toList();
        return new Pass(loss(batch, heard), batch.size(), texts, batch.texts());
    }

    /** Mean over the symbols, and the part of CTC. */
    private Tensor loss(SpeechBatch batch, ListenAttendSpell.Heard heard) {
        long symbols = batch.y().size(1);
        Tensor begin = batch.y().newZeros(batch.size(), 1);
        Tensor targets = Tensor.cat(List.of(batch.y(), begin), 1); // (B, S + 1): 0 is the end
        Tensor counted = SpeechBatch.within(batch.textLengths().add(1), symbols + 1).squeeze(1); // (B, S + 1)
        var scores = new ArrayList<Tensor>();
        var at = model.begin(heard);
        Tensor before = begin.squeeze(1);
        for (int s = 0; s <= symbols; s++) {
            at = model.step(before, at, heard);
            Tensor score = model.scores(at); // (B, classes)
            scores.add(score);
            if (s == symbols) break;
            before = targets.select(1, s);
            if (model.isTraining() && model.config().sampled() > 0) before = mixed(before, score);
        }
        Tensor log = Tensor.stack(scores, 1).logSoftmax(2); // (B, S + 1, classes)
        Tensor each = log.gather(2, targets.unsqueeze(2)).squeeze(2).mul(counted);
        Tensor loss = each.sum().neg().div(counted.sum());
        double ctc = model.config().ctc();
        if (ctc == 0) return loss;
        var frames = model.ctc(heard);
        Tensor other = CTC.forward(frames.scores().transpose(0, 1), batch.y(), frames.lengths(), batch.textLengths());
        return loss.mul(1 - ctc).add(other.mul(ctc));
    }

    /** What was to be written, or at random what was written. */
    private Tensor mixed(Tensor wanted, Tensor score) {
        Tensor own = score.detach().argmax(1);
        Tensor chosen = score.newZeros(wanted.size(0)).uniform_(0, 1).lt(model.config().sampled());
        return chosen.to(DType.BOOL).where(own, wanted);
    }
}
