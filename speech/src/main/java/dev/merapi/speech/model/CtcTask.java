package dev.merapi.speech.model;

import dev.merapi.loss.Ctc;
import dev.merapi.metric.Metric;
import dev.merapi.speech.data.Alphabet;
import dev.merapi.speech.decode.CtcGreedy;
import dev.merapi.speech.decode.ErrorRate;
import dev.merapi.speech.decode.Hypothesis;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Pass;
import dev.merapi.train.Task;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Trains a network by CTC, and measures word and character error rates of what is read greedily. A text that has more
 * symbols than frames, as by a faster speed at random, is left out of the loss.
 */
public final class CtcTask implements Task<SpeechBatch> {
    private static final Ctc LOSS = new Ctc(0, true);

    private final CtcModel model;
    private final CtcGreedy greedy;

    /** For a network with a class for each symbol of the alphabet, and the blank. */
    public CtcTask(CtcModel model, Alphabet alphabet) {
        this.model = model;
        greedy = new CtcGreedy(alphabet);
    }

    @Override public CtcModel model() { return model; }

    @Override public List<Metric<?, ?>> metrics() { return List.of(ErrorRate.words(), ErrorRate.characters()); }

    @Override public Pass forward(SpeechBatch batch) {
        var output = model.forward(batch.x(), batch.lengths());
        return new Pass(loss(output, batch), batch.size(), null, null);
    }

    private static Tensor loss(CtcModel.Output output, SpeechBatch batch) {
        return LOSS.forward(output.scores().transpose(0, 1), batch.y(), output.lengths(), batch.textLengths());
    }

    @Override public Pass evaluate(SpeechBatch batch) {
        var output = model.forward(batch.x(), batch.lengths());
        var heard = logProbabilities(output).stream().map(greedy::best).map(Hypothesis::text).toList();
        return new Pass(loss(output, batch), batch.size(), heard, batch.texts());
    }

    /** Log-probabilities (frames, classes) of each recording. */
    public static List<Tensor> logProbabilities(CtcModel.Output output) {
        Tensor all = output.scores().logSoftmax(2);
        long[] lengths = output.lengths().toLongs();
        return IntStream.range(0, lengths.length).mapToObj(i -> all.select(0, i).narrow(0, 0, lengths[i])).toList();
    }
}
