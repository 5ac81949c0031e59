package dev.merapi.vision.detect;

import dev.merapi.nn.Layer;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.vision.LabeledBox;
import java.util.ArrayList;
import java.util.List;

/**
 * A network that finds things in images: it looks at A places, and says for each what is there and where its sides are.
 *
 * <pre>{@code
 * var model = new Fcos(Fcos.Config.SMALL, new ResNet(ResNet.Config.RESNET18, 1), 3);
 * var loss = model.losses(model.forward(batch.x()), batch.boxes()).total();
 * }</pre>
 */
public abstract class DetectionModel extends Layer {
    /**
     * What the network gives for images (N, 3, H, W).
     *
     * @param scores (N, A, …) as the model's loss takes them
     * @param boxes (N, A, 4) as the model's loss takes them
     * @param centerness (N, A), or null for a model that has none
     * @param maps height and width of each map that was looked at, the finest first
     * @param height of the images, H
     * @param width of the images, W
     */
    public record Raw(Tensor scores, Tensor boxes, Tensor centerness, List<long[]> maps, int height, int width) {}

    /**
     * What a batch is to teach, each a sum over it that is divided by the number of places at things, or 1.
     *
     * @param classes whether the right class is seen where something is
     * @param boxes whether the sides are right
     * @param centerness whether it is known which places are near a middle, or null
     * @param divisor the number
     */
    public record Losses(Tensor classes, Tensor boxes, Tensor centerness, double divisor) {
        /** Their sum, which is trained on. */
        public Tensor total() {
            var both = classes.add(boxes);
            return centerness == null ? both : both.add(centerness);
        }
    }

    /** What the network says of images (N, 3, H, W). */
    public abstract Raw forward(Tensor x);

    /** The losses for the things in each image; crowds and what is difficult is passed over. */
    public abstract Losses losses(Raw raw, List<List<LabeledBox>> things);

    /** Boxes (N, A, 4), in pixels of the images. */
    abstract Tensor boxes(Raw raw);

    /** Scores (N, A, classes), 0 to 1. */
    abstract Tensor scores(Raw raw);

    /** The boxes of each image, the best first. */
    public final List<List<ScoredBox>> select(Raw raw, Selection selection) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            var boxes = boxes(raw);
            var scores = scores(raw);
            var all = new ArrayList<List<ScoredBox>>();
            for (int i = 0; i < boxes.size(0); i++) {
                all.add(selection.of(boxes.select(0, i).toFloats(), scores.select(0, i).toFloats(), raw.height,
                        raw.width));
            }
            return all;
        }
    }

    /** (N, K·C, h, w) of each map to float32 (N, A, C), place by place, for K answers to a place. */
    static Tensor flat(List<Tensor> maps, long channels) {
        return Tensor.cat(maps.stream().map(map -> map.permute(0, 2, 3, 1).reshape(map.size(0), -1, channels)).toList(),
                1).to(DType.FLOAT32);
    }
}
