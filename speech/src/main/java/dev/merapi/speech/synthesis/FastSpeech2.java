package dev.merapi.speech.synthesis;

import dev.merapi.nn.Conv1d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.Embedding;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Mask;
import dev.merapi.nn.SinusoidalPositions;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Says a text at once, not frame by frame: how long, how high and how loud each symbol is said is guessed first, and
 * then all frames are made together (Ren et al. 2020, "FastSpeech 2: Fast and High-Quality End-to-End Text to Speech",
 * <a href="https://arxiv.org/abs/2006.04558">arXiv:2006.04558</a>). The lengths that it learns from are its own
 * {@link Aligner}'s.
 *
 * <p>B batch, S symbols, T frames, M bands, E width.
 */
public final class FastSpeech2 extends Layer {
    /**
     * Sizes.
     *
     * @param width E; 256 in the paper
     * @param heads of attention; 2 there
     * @param layers blocks over symbols, and as many over frames; 4 there
     * @param hidden size between the convolutions of a block; 1024 there
     * @param dropout of every block and predictor
     */
    public record Config(int width, int heads, int layers, int hidden, double dropout) {
        public Config {
            Expect.that(width >= 2 && width % 2 == 0, "FastSpeech2.width", "an even number from 2", width);
            Expect.that(heads > 0 && width % heads == 0, "FastSpeech2.heads", "heads that divide the width " + width,
                    heads);
            Expect.atLeast("FastSpeech2.layers", 1, layers);
            Expect.atLeast("FastSpeech2.hidden", 1, hidden);
            Expect.fraction("FastSpeech2.dropout", dropout);
        }
    }

    /**
     * What it says of a batch, beside the loss's other parts.
     *
     * @param bands (B, T, M)
     * @param alignment (B, T, S), 1 where a frame is of a symbol
     * @param logs of the aligner (B, T, S)
     * @param lengths log(1 + frames) of each symbol as predicted (B, S)
     * @param pitch as predicted (B, S)
     * @param energy as predicted (B, S)
     */
    record Said(Tensor bands, Tensor alignment, Tensor logs, Tensor lengths, Tensor pitch, Tensor energy) {}

    Unary embedding;
    final List<FftBlock> encoder = new ArrayList<>();
    final Aligner aligner;
    Unary lengths;
    Unary pitch;
    Unary energy;
    Unary pitchEmbedding;
    Unary energyEmbedding;
    final List<FftBlock> decoder = new ArrayList<>();
    Unary out;
    private final SinusoidalPositions positions = new SinusoidalPositions();

    /** With new weights. */
    public FastSpeech2(Config config, int symbols, int bands) {
        int width = config.width;
        embedding = new Embedding(symbols, width, 0);
        for (int i = 0; i < config.layers; i++) {
            encoder.add(new FftBlock(width, config.heads, config.hidden, config.dropout));
            decoder.add(new FftBlock(width, config.heads, config.hidden, config.dropout));
        }
        aligner = new Aligner(width, bands, bands);
        lengths = new VariancePredictor(width, config.dropout);
        pitch = new VariancePredictor(width, config.dropout);
        energy = new VariancePredictor(width, config.dropout);
        pitchEmbedding = new Conv1d(1, width, 3, ConvOptions.SAME);
        energyEmbedding = new Conv1d(1, width, 3, ConvOptions.SAME);
        out = new Linear(width, bands);
    }

    /** (B, T, 1): 1 up to each length. */
    static Tensor real(Tensor lengths, long size) {
        return lengths.newArange(size).unsqueeze(0).lt(lengths.unsqueeze(1)).to(DType.FLOAT32).unsqueeze(2);
    }

    private Tensor blocks(List<FftBlock> blocks, Tensor x, Tensor lengths) {
        Tensor real = real(lengths, x.size(1));
        Mask unseen = Mask.lengths(lengths, x.size(1));
        Tensor y = positions.forward(x).mul(real);
        for (var block : blocks) y = block.forward(y, unseen, real);
        return y;
    }

    /** Means (B, S) over the frames of each symbol, of values (B, T) that count where {@code weights} says so. */
    static Tensor means(Tensor alignment, Tensor values, Tensor weights) {
        Tensor of = alignment.transpose(1, 2); // (B, S, T)
        Tensor sums = of.matmul(values.mul(weights).unsqueeze(2)).squeeze(2);
        return sums.div(of.matmul(weights.unsqueeze(2)).squeeze(2).clamp(1, null));
    }

    /** Loudness (B, T) of frames. */
    static Tensor energy(VoiceBatch batch) { return batch.bands().mean(2); }

    /** With the lengths, pitch and energy of the sound itself, as it is taught. */
    Said forward(VoiceBatch batch) {
        Tensor embedded = embedding.forward(batch.symbols());
        Tensor x = blocks(encoder, embedded, batch.symbolLengths());
        Tensor logs = aligner.forward(embedded, batch);
        Tensor alignment = Aligner.hard(logs, batch);
        Tensor high = means(alignment, batch.pitch(), batch.voiced());
        Tensor loud = means(alignment, energy(batch), batch.voiced().onesLike());
        Tensor frames = alignment.matmul(varied(x, high, loud));
        Tensor said = blocks(decoder, frames, batch.frameLengths());
        return new Said(out.forward(said), alignment, logs, lengths.forward(x.detach()), pitch.forward(x),
                energy.forward(x));
    }

    private Tensor varied(Tensor x, Tensor high, Tensor loud) {
        return x.add(pitchEmbedding.forward(high.unsqueeze(1)).transpose(1, 2))
                .add(energyEmbedding.forward(loud.unsqueeze(1)).transpose(1, 2));
    }

    /**
     * The bands (T, M) of a text.
     *
     * @param symbols of it
     * @param speed 1 as it was learnt, 2 for twice as fast
     */
    public Tensor say(long[] symbols, double speed) {
        Expect.positive("FastSpeech2.speed", speed);
        Tensor ids = Tensor.of(symbols, 1, symbols.length).to(device());
        Tensor count = Tensor.of(new long[] {symbols.length}).to(device());
        Tensor x = blocks(encoder, embedding.forward(ids), count);
        float[] logs = lengths.forward(x).toFloats();
        var of = new ArrayList<Long>(); // the symbol of each frame
        for (int s = 0; s < logs.length; s++) {
            long frames = Math.max(1, Math.round(Math.expm1(logs[s]) / speed));
            for (long i = 0; i < frames; i++) of.add((long) s);
        }
        Tensor index = Tensor.of(of.stream().mapToLong(s -> s).toArray()).to(device());
        Tensor frames = varied(x, pitch.forward(x), energy.forward(x)).indexSelect(1, index);
        return out.forward(blocks(decoder, frames, Tensor.of(new long[] {of.size()}).to(device()))).squeeze(0);
    }
}
