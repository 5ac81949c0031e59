package dev.merapi.speech.synthesis;

import dev.merapi.nn.Layer;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Pass;
import dev.merapi.train.Task;

/**
 * Teaches a {@link FastSpeech2}: the distance of its bands, of lengths, pitch and energy, and what its aligner finds
 * unlikely.
 */
public final class FastSpeechTask implements Task<VoiceBatch> {
    private static final double VARIANCES = 0.1; // weight of lengths, pitch and energy
    private static final double ALIGNING = 0.2;

    private final FastSpeech2 model;

    /** For this model. */
    public FastSpeechTask(FastSpeech2 model) { this.model = model; }

    @Override public Layer model() { return model; }

    @Override public Pass forward(VoiceBatch batch) {
        var said = model.forward(batch);
        Tensor real = FastSpeech2.real(batch.frameLengths(), batch.bands().size(1));
        double numbers = batch.frameLengths().sum().item() * batch.bands().size(2);
        Tensor bands = said.bands().sub(batch.bands()).abs().mul(real).sum().div(numbers);
        Tensor of = FastSpeech2.real(batch.symbolLengths(), batch.symbols().size(1)).squeeze(2);
        Tensor symbols = batch.symbolLengths().sum();
        Tensor lengths = said.alignment().sum(1).log1p();
        Tensor high = FastSpeech2.means(said.alignment(), batch.pitch(), batch.voiced());
        Tensor loud = FastSpeech2.means(said.alignment(), FastSpeech2.energy(batch), batch.voiced().onesLike());
        Tensor variances = said.lengths().sub(lengths).square().add(said.pitch().sub(high).square())
                .add(said.energy().sub(loud).square()).mul(of).sum().div(symbols);
        Tensor loss = bands.add(variances.mul(VARIANCES)).add(Aligner.loss(said.logs(), batch).mul(ALIGNING));
        return Pass.of(loss, batch.size());
    }
}
