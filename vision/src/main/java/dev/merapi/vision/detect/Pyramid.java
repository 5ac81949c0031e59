package dev.merapi.vision.detect;

import dev.merapi.nn.Layer;
import dev.merapi.tensor.Tensor;
import dev.merapi.vision.model.Backbone;
import java.util.List;

/** A network without its classifier, and a pyramid on some of its maps. RGB (N, 3, H, W) to maps, the finest first. */
final class Pyramid extends Layer {
    final Backbone body;
    final Fpn fpn;
    private final List<Integer> levels; // of the body's

    Pyramid(Backbone body, List<Integer> strides, int channels, int extra) {
        body.keepFeatures();
        this.body = body;
        levels = strides.stream().map(body::level).toList();
        fpn = new Fpn(levels.stream().map(level -> body.levels().get(level).channels()).toList(), channels, extra);
    }

    List<Tensor> forward(Tensor x) {
        var maps = body.features(x);
        return fpn.forward(levels.stream().map(maps::get).toList());
    }
}
