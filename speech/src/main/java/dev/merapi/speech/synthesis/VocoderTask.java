package dev.merapi.speech.synthesis;

import dev.merapi.nn.Layer;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Pass;
import dev.merapi.train.Stepper;
import dev.merapi.train.Task;
import java.util.List;

/**
 * Teaches a {@link HifiGenerator} by discriminators that are taught beside it: least squares, their layers' features
 * and the distance of the bands, weighed as in Kong et al. 2020, section 2.4. Batches are samples (B, T).
 */
final class VocoderTask implements Task<Tensor> {
    static final String GENERATOR = "generator";
    static final String DISCRIMINATOR = "discriminator";
    private static final int WIDTH = 8; // of the discriminators: a quarter of the paper's
    private static final double FEATURES = 2;
    private static final double BANDS = 45;

    /** Both are saved, as training may go on. */
    static final class Trained extends Layer {
        final HifiGenerator generator;
        final HifiDiscriminators discriminators = new HifiDiscriminators(WIDTH);

        Trained(HifiGenerator generator) { this.generator = generator; }
    }

    private final Trained trained;
    private final VoiceProcessor processor;

    VocoderTask(HifiGenerator generator, VoiceProcessor processor) {
        trained = new Trained(generator);
        this.processor = processor;
    }

    @Override public Trained model() { return trained; }

    /** Bands that the generator makes a whole number of frames of: the last, around the end, is left out. */
    private Tensor bands(Tensor samples) {
        Tensor all = processor.bands(samples);
        return all.narrow(-1, 0, samples.size(-1) / processor.hop());
    }

    @Override public Pass step(Tensor samples, Stepper stepper) {
        Tensor real = samples.unsqueeze(1);
        Tensor heard = bands(samples);
        Tensor made = trained.generator.forward(heard);
        stepper.minimize(DISCRIMINATOR, () -> Pass.of(judged(trained.discriminators.forward(real),
                trained.discriminators.forward(made.detach())), samples.size(0)));
        return stepper.minimize(GENERATOR, () -> Pass.of(fooled(real, trained.generator.forward(heard), heard),
                samples.size(0)));
    }

    /** Recordings are to score 1, and others 0. */
    static Tensor judged(List<HifiDiscriminators.Opinion> real, List<HifiDiscriminators.Opinion> made) {
        Tensor sum = null;
        for (int i = 0; i < real.size(); i++) {
            Tensor one = real.get(i).score().sub(1).square().mean().add(made.get(i).score().square().mean());
            sum = sum == null ? one : sum.add(one);
        }
        return sum;
    }

    private Tensor fooled(Tensor real, Tensor made, Tensor heard) {
        var expected = trained.discriminators.forward(real);
        var opinions = trained.discriminators.forward(made);
        Tensor loss = bands(made.squeeze(1)).sub(heard).abs().mean().mul(BANDS);
        for (int i = 0; i < opinions.size(); i++) {
            loss = loss.add(opinions.get(i).score().sub(1).square().mean());
            for (int j = 0; j < opinions.get(i).features().size(); j++) {
                Tensor like = opinions.get(i).features().get(j).sub(expected.get(i).features().get(j).detach());
                loss = loss.add(like.abs().mean().mul(FEATURES));
            }
        }
        return loss;
    }

    /** The distance of the bands. */
    @Override public Pass forward(Tensor samples) {
        Tensor heard = bands(samples);
        Tensor made = trained.generator.forward(heard);
        return Pass.of(bands(made.squeeze(1)).sub(heard).abs().mean(), samples.size(0));
    }
}
