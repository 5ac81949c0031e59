package dev.merapi.vision.recipe;

import dev.merapi.nn.Sequential;
import dev.merapi.train.Classification;
import dev.merapi.train.Supervised;
import dev.merapi.vision.model.Classifiers;
import dev.merapi.vision.model.ResNet;

/** The networks that a recipe can train. */
public enum Network {
    /** {@link Classifiers#mlp}, for gray 28x28. */
    MLP,
    /** {@link Classifiers#mnistConvnet}, for gray 28x28. */
    CONVNET,
    /** {@link Classifiers#mnistCnn} for gray 28x28, {@link Classifiers#cifarCnn} for RGB 32x32. */
    CNN,
    /** {@link Classifiers#tanhCnn}, for gray 28x28. */
    TANH_CNN,
    /** {@link Classifiers#batchNormCnn}, for images of 8x8 and more. */
    BATCH_NORM_CNN,
    /** {@link ResNet} with a stem for small images, for RGB of any size. */
    RESNET18,
    /** {@link ResNet.Config#RESNET20}, the paper's for CIFAR-10, for RGB of any size. */
    RESNET20;

    /** A task with fresh weights, for square images. */
    Supervised task(int channels, int side, int classes) {
        boolean gray28 = channels == 1 && side == 28;
        boolean rgb32 = channels == 3 && side == 32;
        if (this == MLP && gray28) return of(Classifiers.mlp(classes), classes);
        if (this == CONVNET && gray28) return of(Classifiers.mnistConvnet(classes), classes);
        if (this == CNN && gray28) return of(Classifiers.mnistCnn(classes), classes);
        if (this == TANH_CNN && gray28) return of(Classifiers.tanhCnn(classes), classes);
        if (this == CNN && rgb32) return of(Classifiers.cifarCnn(classes), classes);
        if (this == BATCH_NORM_CNN && side >= 8) {
            return of(Classifiers.batchNormCnn(channels, side, classes), classes);
        }
        if (this == RESNET18 && channels == 3) {
            return Classification.of(new ResNet(ResNet.Config.CIFAR_RESNET18, classes), classes);
        }
        if (this == RESNET20 && channels == 3) {
            return Classification.of(new ResNet(ResNet.Config.RESNET20, classes), classes);
        }
        String fitting = gray28 ? "mlp, convnet, cnn, tanh_cnn or batch_norm_cnn" : rgb32
                ? "cnn, batch_norm_cnn, resnet18 or resnet20"
                : channels == 3 ? "batch_norm_cnn, resnet18 or resnet20" : "batch_norm_cnn";
        throw new IllegalArgumentException("model: expected " + fitting + " for " + (channels == 1 ? "gray" : "RGB")
                + " images of " + side + "x" + side + ". Received " + name().toLowerCase());
    }

    private static Supervised of(Sequential model, int classes) { return Classification.of(model, classes); }
}
