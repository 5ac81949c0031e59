package dev.merapi.text.model.bert;

import dev.merapi.loss.CrossEntropy;
import dev.merapi.metric.Accuracy;
import dev.merapi.metric.MeanReciprocalRank;
import dev.merapi.metric.Metric;
import dev.merapi.nn.F;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Pass;
import dev.merapi.train.Task;
import java.util.List;

/**
 * Learns which texts mean the same from pairs alone: each anchor is to find its positive among all of the batch
 * (Henderson et al. 2017, <a href="https://arxiv.org/abs/1705.00652">arXiv:1705.00652</a>, section 4). The loss is
 * sentence-transformers' {@code MultipleNegativesRankingLoss}. The larger the batch, the harder and the better; no
 * other pair of it should mean the same. Accuracy is that of the nearest text being the partner (accuracy@1).
 *
 * <p>B pairs, E size of the vectors.
 */
public final class MultipleNegativesRanking implements Task<TokenPairs> {
    private static final double SCALE = 20; // of cosines, as sentence-transformers

    private final SentenceEncoder encoder;
    private final List<Metric<?, ?>> metrics = List.of(new Accuracy(), new MeanReciprocalRank());

    /** @param encoder of both texts of a pair; its model is trained */
    public MultipleNegativesRanking(SentenceEncoder encoder) { this.encoder = encoder; }

    @Override public Layer model() { return encoder.model(); }

    @Override public List<Metric<?, ?>> metrics() { return metrics; }

    @Override public Pass forward(TokenPairs pairs) {
        Tensor scores = scores(encoder.forward(pairs.anchors()), encoder.forward(pairs.positives()));
        Tensor partners = scores.newArange(scores.size(0));
        return new Pass(new CrossEntropy().forward(scores, partners), scores.size(0), scores, partners);
    }

    /** How near each anchor (B, E) is to each positive (B, E): (B, B). */
    static Tensor scores(Tensor anchors, Tensor positives) {
        return F.normalize(anchors, -1).matmul(F.normalize(positives, -1).mT()).mul(SCALE);
    }
}
