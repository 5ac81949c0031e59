package dev.merapi.vision.segment;

import dev.merapi.nn.BatchNorm2d;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.F;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;
import dev.merapi.vision.model.Backbone;
import java.util.ArrayList;
import java.util.List;

/**
 * Segments images by going down a backbone's maps and up again, each step with the map of its size beside it
 * (Ronneberger et al. 2015, "U-Net", arXiv:1505.04597). RGB (N, 3, H, W) to logits (N, classes, H, W), for sizes that
 * the last map's stride divides.
 */
public final class UNet extends Layer implements Unary {
    final Backbone backbone;
    final List<Unary> decoder = new ArrayList<>(); // from the coarsest map up
    Unary head;
    private final List<Integer> levels = new ArrayList<>(); // of the backbone's, the finest first

    /**
     * @param backbone whose classifier is taken away
     * @param width channels of the last step up; each before has twice as many as the one after. 16 is usual
     */
    public UNet(Backbone backbone, int width, int classes) {
        backbone.keepFeatures();
        this.backbone = backbone;
        var strides = backbone.levels().stream().map(Backbone.Level::stride).distinct().toList();
        strides.forEach(stride -> levels.add(backbone.level(stride)));
        boolean halved = strides.getFirst() > 1; // a last step up has no map beside it
        int below = channels(levels.size() - 1);
        for (int i = levels.size() - 2; i >= 0; i--) {
            int out = width << (halved ? i + 1 : i);
            decoder.add(block(below + channels(i), out));
            below = out;
        }
        if (halved) decoder.add(block(below, width));
        head = new Conv2d(decoder.isEmpty() ? below : width, classes, 3, ConvOptions.SAME);
    }

    private int channels(int level) { return backbone.levels().get(levels.get(level)).channels(); }

    private static Sequential block(int in, int out) {
        var plain = ConvOptions.SAME.noBias();
        return new Sequential(new Conv2d(in, out, 3, plain), new BatchNorm2d(out), new Relu(),
                new Conv2d(out, out, 3, plain), new BatchNorm2d(out), new Relu());
    }

    @Override public Tensor forward(Tensor x) {
        var all = backbone.features(x);
        var maps = new ArrayList<>(levels.stream().map(all::get).toList());
        var h = maps.removeLast();
        for (var step : decoder) {
            var beside = maps.isEmpty() ? null : maps.removeLast();
            long height = beside == null ? x.size(2) : beside.size(2);
            long width = beside == null ? x.size(3) : beside.size(3);
            var up = F.upsampleNearest(h, height, width);
            h = step.forward(beside == null ? up : Tensor.cat(List.of(up, beside), 1));
        }
        return hooked(head.forward(h), x);
    }
}
