package dev.merapi.speech.command;

import dev.merapi.train.Classification;
import dev.merapi.train.Supervised;

/** Networks that tell words apart. */
public enum Spotter {
    /** {@link BcResNet}. */
    BC_RESNET {
        @Override Supervised task(double scale, int classes) {
            return Classification.of(new BcResNet(scale, classes), classes);
        }
    },
    /** {@link DsCnn} of four blocks. */
    DS_CNN {
        @Override Supervised task(double scale, int classes) {
            var config = new DsCnn.Config((int) (DsCnn.Config.S.channels() * scale), DsCnn.Config.S.blocks());
            return Classification.of(new DsCnn(config, classes), classes);
        }
    };

    abstract Supervised task(double scale, int classes);
}
