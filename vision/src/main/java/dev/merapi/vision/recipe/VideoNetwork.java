package dev.merapi.vision.recipe;

import dev.merapi.train.Classification;
import dev.merapi.train.Supervised;
import dev.merapi.vision.model.FrameLstm;
import dev.merapi.vision.model.ResNet;
import dev.merapi.vision.model.VideoResNet;
import java.util.List;

/** The networks for videos that a recipe can train. */
public enum VideoNetwork {
    /** {@link VideoResNet} that looks along space, then along time. */
    R2PLUS1D_18,
    /** {@link VideoResNet} that looks along both at once. */
    R3D_18,
    /** {@link VideoResNet} that looks along time in its first stage. */
    MC3_18,
    /** {@link FrameLstm} on a residual network of 18 layers. */
    FRAME_LSTM;

    private static final int HIDDEN = 4; // times the width: an LSTM as wide as half of the vectors

    /** A task with fresh weights. */
    Supervised task(int width, int classes) {
        var layer = switch (this) {
            case R2PLUS1D_18 -> new VideoResNet(VideoResNet.Config.R2PLUS1D_18.width(width), classes);
            case R3D_18 -> new VideoResNet(VideoResNet.Config.R3D_18.width(width), classes);
            case MC3_18 -> new VideoResNet(VideoResNet.Config.MC3_18.width(width), classes);
            case FRAME_LSTM -> new FrameLstm(new ResNet(pictures(width), classes), HIDDEN * width, classes);
        };
        return layer instanceof VideoResNet net ? Classification.of(net, classes)
                : Classification.of((FrameLstm) layer, classes);
    }

    /** ResNet-18 for small pictures. */
    private static ResNet.Config pictures(int width) {
        return new ResNet.Config(false, List.of(2, 2, 2, 2), width, true, false, 32);
    }
}
