package dev.merapi.speech.synthesis;

import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.nn.Signature;
import dev.merapi.nn.Summary;
import dev.merapi.optim.Adam;
import dev.merapi.recipe.Job;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Trainer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Trains a generator and its discriminators. */
final class VocoderJob implements Job<Tensor> {
    private final VocoderRecipe.Config config;
    private final VoiceProcessor processor;
    private final HifiGenerator generator;
    private final Trainer<Tensor> trainer;
    private SpokenLines.Split data; // read when a loader is asked for

    VocoderJob(VocoderRecipe.Config config, VoiceProcessor processor) {
        this.config = config;
        this.processor = processor;
        Torch.seed(config.seed());
        generator = new HifiGenerator(processor.bands(), config.channels(), rates(processor.hop()));
        var task = new VocoderTask(generator, processor);
        var options = Adam.Options.DEFAULT.betas(0.8, 0.99); // the paper's
        trainer = Trainer.of(task)
                .optimizer(VocoderTask.DISCRIMINATOR,
                        _ -> new Adam(task.model().discriminators, config.learningRate(), options))
                .optimizer(VocoderTask.GENERATOR, _ -> new Adam(generator, config.learningRate(), options))
                .epochs(config.epochs()).seed(config.seed());
    }

    /** Eights as often as they go in, and then what is left: 256 is 8 · 8 · 4. */
    static List<Integer> rates(int hop) {
        var rates = new ArrayList<Integer>();
        int left = hop;
        while (left >= 16) {
            rates.add(8);
            left /= 8;
        }
        rates.add(left);
        return rates;
    }

    @Override public Trainer<Tensor> trainer() { return trainer; }

    /** The generator alone. */
    @Override public Signature signature() {
        return Signature.of(generator, Signature.floats("bands", "batch", processor.bands(), "frames"), "samples");
    }

    @Override public Loader<Tensor> train() {
        return Loader.of(new Parts(data().train(), true), config.batchSize()).shuffle(config.seed());
    }

    @Override public Loader<Tensor> test() { return Loader.of(new Parts(data().test(), false), config.batchSize()); }

    private SpokenLines.Split data() {
        if (data == null) {
            data = SpokenLines.read(Path.of(config.data())).split(config.testFraction(), config.seed());
        }
        return data;
    }

    /** A part of each recording, of a whole number of frames. */
    private final class Parts implements Dataset<Tensor> {
        private final SpokenLines lines;
        private final boolean anywhere;
        private final float[][] read;

        Parts(SpokenLines lines, boolean anywhere) {
            this.lines = lines;
            this.anywhere = anywhere;
            read = new float[lines.clips().size()][];
        }

        @Override public int size() { return read.length; }

        @Override public Tensor get(int index) { return part(index, 0.5); }

        @Override public Tensor get(int index, RandomGenerator random) {
            return part(index, anywhere ? random.nextDouble() : 0.5);
        }

        private Tensor part(int index, double place) {
            if (read[index] == null) read[index] = processor.read(lines.clips().get(index).file()).samples();
            float[] samples = read[index];
            int hop = processor.hop();
            int length = Math.max(2 * processor.fft(), (int) (config.seconds() * processor.rate())) / hop * hop;
            int from = (int) (place * Math.max(0, samples.length - length));
            return Tensor.of(Arrays.copyOfRange(samples, from, from + length));
        }
    }

    @Override public Summary summary() {
        return Summary.of(generator, () -> generator.forward(Tensor.zeros(1, processor.bands(), 8)));
    }

    @Override public void save(Path run) { processor.save(run); }

    @Override public Vocoder predictor() { return new Vocoder(generator, processor); }
}
