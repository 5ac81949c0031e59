package dev.merapi.speech.synthesis;

import dev.merapi.speech.feature.Stft;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Rng;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.List;

/**
 * Samples whose spectrum has given magnitudes, with phases that fit each other (Griffin and Lim 1984), found faster by
 * momentum (Perraudin et al. 2013).
 *
 * @param steps how often phases are taken from the samples that they gave
 * @param momentum from 0 to below 1
 */
public record GriffinLim(int steps, double momentum) {
    /** 60 steps. */
    public static final GriffinLim DEFAULT = new GriffinLim(60, 0.99);

    private static final double LEAST = 1e-12;

    public GriffinLim {
        Expect.atLeast("GriffinLim.steps", 1, steps);
        Expect.fraction("GriffinLim.momentum", momentum);
    }

    /** Magnitudes (F, frames) to samples ((frames - 1) · hop). */
    public Tensor samples(Tensor magnitudes, Stft stft) {
        long length = (magnitudes.size(1) - 1) * stft.hop();
        try (var scope = Scope.open(); var _ = Torch.noGrad()) {
            Tensor angle = Tensor.rand(new Rng(1337), magnitudes.shape()).mul(2 * Math.PI);
            Tensor re = magnitudes.mul(angle.cos()), im = magnitudes.mul(angle.sin()), before = null;
            for (int i = 0; i < steps; i++) {
                Tensor again = stft.forward(stft.inverse(complex(re, im), length)).viewAsReal();
                Tensor moved = before == null ? again : again.add(again.sub(before).mul(momentum));
                before = again;
                Tensor size = moved.square().sum(-1).add(LEAST).sqrt();
                re = magnitudes.mul(moved.select(-1, 0).div(size));
                im = magnitudes.mul(moved.select(-1, 1).div(size));
            }
            return scope.keep(stft.inverse(complex(re, im), length));
        }
    }

    private static Tensor complex(Tensor re, Tensor im) {
        return Tensor.stack(List.of(re, im), -1).viewAsComplex();
    }
}
