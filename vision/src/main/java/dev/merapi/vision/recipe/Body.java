package dev.merapi.vision.recipe;

import dev.merapi.vision.model.Backbone;
import dev.merapi.vision.model.ConvNeXt;
import dev.merapi.vision.model.DenseNet;
import dev.merapi.vision.model.EfficientNet;
import dev.merapi.vision.model.MobileNetV2;
import dev.merapi.vision.model.MobileNetV3;
import dev.merapi.vision.model.ResNet;
import dev.merapi.vision.model.Vgg;
import java.util.List;
import java.util.function.Supplier;

/** The networks that detectors, segmenters and embeddings can stand on; all have maps of strides 4, 8, 16 and 32. */
public enum Body {
    /** A residual network of one block in each stage and half the channels: 1.2 million parameters. */
    SMALL(new ResNet.Config(false, List.of(1, 1, 1, 1), 32, false, false, 32)),
    /** {@link ResNet} of 18 layers. */
    RESNET18(ResNet.Config.RESNET18),
    /** {@link ResNet} of 34 layers. */
    RESNET34(ResNet.Config.RESNET34),
    /** {@link ResNet} of 50 layers. */
    RESNET50(ResNet.Config.RESNET50),
    /** {@link ResNet} of 101 layers. */
    RESNET101(ResNet.Config.RESNET101),
    /** {@link Vgg} of 11 layers, with batch norm. */
    VGG11(Vgg.Config.VGG11),
    /** {@link Vgg} of 16 layers, with batch norm. */
    VGG16(Vgg.Config.VGG16),
    /** {@link MobileNetV2}. */
    MOBILENET_V2(() -> new MobileNetV2(MobileNetV2.Config.DEFAULT, 1)),
    /** {@link MobileNetV3}, the small one. */
    MOBILENET_V3_SMALL(() -> new MobileNetV3(MobileNetV3.Config.SMALL, 1)),
    /** {@link MobileNetV3}, the large one. */
    MOBILENET_V3_LARGE(() -> new MobileNetV3(MobileNetV3.Config.LARGE, 1)),
    /** {@link EfficientNet}-B0. */
    EFFICIENTNET_B0(() -> new EfficientNet(EfficientNet.Config.B0, 1)),
    /** {@link DenseNet} of 121 layers. */
    DENSENET121(() -> new DenseNet(DenseNet.Config.DENSENET121, 1)),
    /** {@link ConvNeXt}, tiny. */
    CONVNEXT_TINY(() -> new ConvNeXt(ConvNeXt.Config.TINY, 1));

    private final Supplier<Backbone> fresh;
    private final Supplier<Backbone> fine;

    Body(Supplier<Backbone> fresh) {
        this.fresh = fresh;
        fine = fresh;
    }

    Body(ResNet.Config config) {
        fresh = () -> new ResNet(config, 1);
        fine = () -> new ResNet(config.outputStride(16), 1);
    }

    /** Its two hidden layers of 4,096, nine tenths of the weights, are not made: nothing here uses them. */
    Body(Vgg.Config config) {
        this(() -> new Vgg(new Vgg.Config(config.convolutions(), config.width(), true, 1, 0), 1));
    }

    /** Fresh weights. */
    Backbone fresh() { return fresh.get(); }

    /** Fresh weights; the last map of a {@link ResNet} is of stride 16, for its kernels spread instead of moving on. */
    Backbone fine() { return fine.get(); }
}
