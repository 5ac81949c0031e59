package dev.merapi.vision.recipe;

import dev.merapi.vision.model.Backbone;
import dev.merapi.vision.model.ResNet;
import java.util.List;

/** The networks that detectors and segmenters can stand on. */
public enum Body {
    /** A residual network of one block in each stage and half the channels: 1.2 million parameters. */
    SMALL(new ResNet.Config(false, List.of(1, 1, 1, 1), 32, false, false, 32)),
    /** {@link ResNet} of 18 layers. */
    RESNET18(ResNet.Config.RESNET18),
    /** {@link ResNet} of 34 layers. */
    RESNET34(ResNet.Config.RESNET34),
    /** {@link ResNet} of 50 layers. */
    RESNET50(ResNet.Config.RESNET50);

    private final ResNet.Config config;

    Body(ResNet.Config config) { this.config = config; }

    /** Fresh weights, with maps of strides 2 to 32. */
    Backbone fresh() { return new ResNet(config, 1); }

    /** Fresh weights, whose last map is of a stride of 16 at most. */
    Backbone fine() { return new ResNet(config.outputStride(16), 1); }
}
