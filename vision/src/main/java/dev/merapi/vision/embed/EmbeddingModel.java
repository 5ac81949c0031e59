package dev.merapi.vision.embed;

import dev.merapi.nn.BatchNorm1d;
import dev.merapi.nn.F;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import dev.merapi.vision.model.Backbone;

/**
 * A backbone whose classifier gave way to an affine map and a batch norm, as ArcFace has it (Deng et al. 2019,
 * arXiv:1801.07698, section 3.1). RGB (N, 3, H, W) to vectors (N, width) of length 1, whose products are cosines.
 */
public final class EmbeddingModel extends Layer implements Unary {
    final Backbone backbone;
    Unary embedding;
    Unary norm;
    private final int width;

    /** @param backbone whose classifier is taken away */
    public EmbeddingModel(Backbone backbone, int width) {
        Expect.atLeast("EmbeddingModel.width", 2, width);
        backbone.removeHead();
        this.backbone = backbone;
        this.width = width;
        embedding = new Linear(backbone.width(), width);
        norm = new BatchNorm1d(width);
    }

    /** Length of a vector. */
    public int width() { return width; }

    @Override public Tensor forward(Tensor x) {
        return hooked(F.normalize(norm.forward(embedding.forward(backbone.embed(x))), 1), x);
    }
}
