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
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.stream.Stream;

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
    MOBILENET_V2(stride -> new MobileNetV2(MobileNetV2.Config.DEFAULT.outputStride(stride), 1)),
    /** {@link MobileNetV3}, the small one. */
    MOBILENET_V3_SMALL(stride -> new MobileNetV3(MobileNetV3.Config.SMALL.outputStride(stride), 1)),
    /** {@link MobileNetV3}, the large one. */
    MOBILENET_V3_LARGE(stride -> new MobileNetV3(MobileNetV3.Config.LARGE.outputStride(stride), 1)),
    /** {@link EfficientNet}-B0. */
    EFFICIENTNET_B0(stride -> new EfficientNet(EfficientNet.Config.B0.outputStride(stride), 1)),
    /** {@link DenseNet} of 121 layers. */
    DENSENET121(stride -> new DenseNet(DenseNet.Config.DENSENET121.outputStride(stride), 1)),
    /** {@link ConvNeXt}, tiny. */
    CONVNEXT_TINY(_ -> new ConvNeXt(ConvNeXt.Config.TINY, 1));

    private static final int COARSE = 32;
    private static final int FINE = 16;

    private final IntFunction<Backbone> byStride;

    Body(IntFunction<Backbone> byStride) { this.byStride = byStride; }

    Body(ResNet.Config config) { this(stride -> new ResNet(config.outputStride(stride), 1)); }

    /** Its two hidden layers of 4,096, nine tenths of the weights, are not made: nothing here uses them. */
    Body(Vgg.Config config) {
        this(stride -> new Vgg(new Vgg.Config(config.convolutions(), config.width(), true, 1, 0, stride), 1));
    }

    /** Fresh weights. */
    Backbone fresh() { return byStride.apply(COARSE); }

    /** Whether it can spread its kernels; those of {@link ConvNeXt} that shrink a map touch each pixel once. */
    boolean canBeFine() { return this != CONVNEXT_TINY; }

    /** Fresh weights; the last map is of stride 16, for kernels spread instead of moving on. */
    Backbone fine() { return byStride.apply(FINE); }

    /** The names of those that can be fine. */
    static List<String> fineOnes() {
        return Stream.of(values()).filter(Body::canBeFine).map(body -> body.name().toLowerCase(Locale.ROOT)).toList();
    }
}
