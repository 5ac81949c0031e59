package dev.merapi.vision.segment;

import dev.merapi.nn.AdaptiveAvgPool2d;
import dev.merapi.nn.BatchNorm2d;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.Dropout;
import dev.merapi.nn.F;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;
import dev.merapi.vision.model.Backbone;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Segments images by looking at a backbone's last map through kernels that are spread more and more, and at all of it
 * at once (Chen et al. 2017, "Rethinking Atrous Convolution for Semantic Image Segmentation", arXiv:1706.05587).
 * torchvision's names. RGB (N, 3, H, W) to logits (N, classes, H, W). The last map should be of stride 8 or 16, as that
 * of {@code ResNet.Config.RESNET50.outputStride(8)}.
 */
public final class DeepLabV3 extends Layer implements Unary {
    /** The paper's spreads for a map of stride 8. */
    static final List<Integer> RATES = List.of(12, 24, 36);

    private static final ConvOptions PLAIN = ConvOptions.SAME.noBias();

    final Backbone backbone;
    Unary classifier;

    /** The paper's head of 256 channels; the backbone's classifier is taken away. */
    public DeepLabV3(Backbone backbone, int classes) { this(backbone, RATES, 256, classes); }

    /**
     * @param rates distances between the taps of the kernels, such as 6, 12, 18 for a map of stride 16, or less for
     *     small images
     * @param channels of the head
     */
    public DeepLabV3(Backbone backbone, List<Integer> rates, int channels, int classes) {
        backbone.keepFeatures();
        this.backbone = backbone;
        classifier = head(backbone.levels().getLast().channels(), rates, channels, classes);
    }

    static Sequential head(int in, List<Integer> rates, int channels, int classes) {
        return new Sequential(new Pyramid(in, rates, channels), new Conv2d(channels, channels, 3, PLAIN),
                new BatchNorm2d(channels), new Relu(), new Conv2d(channels, classes, 1));
    }

    @Override public Tensor forward(Tensor x) {
        var logits = classifier.forward(backbone.features(x).getLast());
        return hooked(F.upsampleBilinear(logits, x.size(2), x.size(3), false), x);
    }

    /** Atrous spatial pyramid pooling. (N, in, h, w) to (N, out, h, w). */
    static final class Pyramid extends Layer implements Unary {
        final List<Unary> convs = new ArrayList<>(); // the last sees the whole map
        Unary project;

        Pyramid(int in, List<Integer> rates, int out) {
            convs.add(new Sequential(normed(in, out, 1, PLAIN)));
            for (int rate : rates) convs.add(new Sequential(normed(in, out, 3, PLAIN.dilation(rate))));
            convs.add(new Sequential(Stream.concat(Stream.of(new AdaptiveAvgPool2d(1)),
                    normed(in, out, 1, PLAIN).stream()).toList()));
            project = new Sequential(Stream.concat(normed(convs.size() * out, out, 1, PLAIN).stream(),
                    Stream.of(new Dropout(0.5))).toList());
        }

        @Override public Tensor forward(Tensor x) {
            var views = new ArrayList<Tensor>();
            for (var conv : convs) views.add(conv.forward(x));
            var whole = views.removeLast(); // (N, out, 1, 1)
            views.add(whole.expand(whole.size(0), whole.size(1), x.size(2), x.size(3)));
            return hooked(project.forward(Tensor.cat(views, 1)), x);
        }
    }

    private static List<Unary> normed(int in, int out, int kernel, ConvOptions options) {
        return List.of(new Conv2d(in, out, kernel, options), new BatchNorm2d(out), new Relu());
    }
}
