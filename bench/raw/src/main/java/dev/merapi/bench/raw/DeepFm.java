package dev.merapi.bench.raw;

import dev.merapi.bench.Batches;
import dev.merapi.bench.Step;
import dev.merapi.bench.Workload;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** DeepFM (Guo et al. 2017, arXiv:1703.04247): ids of all categories in one table. */
final class DeepFm implements Step {
    private static final int ROWS = Workload.DEEPFM.items();
    private static final int NUMBERS = Workload.DEEPFM_NUMBERS;
    private static final int CATEGORIES = Workload.DEEPFM_CATEGORIES;
    private static final int IDS = Workload.DEEPFM_IDS;
    private static final int WIDTH = 16;
    private static final int FIELDS = NUMBERS + CATEGORIES;

    /** Numbers (B, 10) and ids (B, 16), counted on from category to category. */
    private record Rows(Tensor numbers, Tensor ids) {}

    private final Params params = new Params();
    private final Tensor idWeights = params.weight(CATEGORIES * IDS, 1);
    private final Tensor numberWeights = params.weight(NUMBERS, 1);
    private final Tensor bias = params.vector(0, 1).get();
    private final Tensor idVectors = params.weight(CATEGORIES * IDS, WIDTH);
    private final Tensor numberVectors = params.weight(NUMBERS, WIDTH);
    private final Tensor first = params.weight(128, FIELDS * WIDTH);
    private final TensorOptional firstBias = params.vector(0, 128);
    private final Tensor second = params.weight(64, 128);
    private final TensorOptional secondBias = params.vector(0, 64);
    private final Tensor head = params.weight(1, 64);
    private final TensorOptional headBias = params.vector(0, 1);
    private final FusedAdam adam = new FusedAdam(params.all());
    private final Batches<Rows, Tensor> batches = new Batches<>(DeepFm::rows,
            seed -> Training.integers(seed, ROWS, 2).to(ScalarType.Float));

    private DeepFm() {}

    static Step training() { return new DeepFm(); }

    private static Rows rows(int seed) {
        Tensor first = torch.arange(new Scalar(0), new Scalar(CATEGORIES * IDS), new Scalar(IDS)).to(ScalarType.Long);
        return new Rows(torch.tensor(Batches.normal(seed, ROWS * NUMBERS)).view(ROWS, NUMBERS),
                Training.integers(seed, ROWS * CATEGORIES, IDS).view(ROWS, CATEGORIES).add(first));
    }

    /** (B, fields, width of the tables) */
    private static Tensor fields(Rows rows, Tensor ids, Tensor numbers) {
        return torch.cat(new TensorVector(torch.embedding(ids, rows.ids), rows.numbers.unsqueeze(2).mul(numbers)), 1);
    }

    private Tensor forward(Rows rows) {
        Tensor v = fields(rows, idVectors, numberVectors);
        Tensor pairs = v.sum(1).square().sub(v.square().sum(1)).sum(1).mul(new Scalar(0.5));
        Tensor h = torch.relu(torch.linear(v.flatten(1, 2), first, firstBias));
        h = torch.relu(torch.linear(h, second, secondBias));
        Tensor deep = torch.linear(h, head, headBias).squeeze(1);
        return fields(rows, idWeights, numberWeights).sum(1).squeeze(1).add(bias).add(pairs).add(deep);
    }

    @Override public double run() {
        batches.next();
        try (var _ = new PointerScope()) {
            Tensor loss = torch.binary_cross_entropy_with_logits(forward(batches.inputs()), batches.labels());
            loss.backward();
            adam.step();
            return loss.item_float();
        }
    }
}
