package dev.merapi.text.model.bert;

import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.loss.CrossEntropy;
import dev.merapi.optim.AdamW;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Trainer;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class MultipleNegativesRankingTest {
    /**
     * The numbers are PyTorch's, by
     *
     * <pre>
     * a = torch.tensor([[1., 2.], [1., 1.5], [-2., 3.]], dtype=torch.float64, requires_grad=True)
     * b = torch.tensor([[1.5, 2.], [1., 1.], [1., 3.]], dtype=torch.float64, requires_grad=True)
     * loss = cross_entropy(20 * normalize(a, dim=-1) @ normalize(b, dim=-1).T, torch.arange(3))
     * loss.backward()
     * print(loss.item(), a.grad.flatten().tolist(), b.grad.flatten().tolist())
     * </pre>
     */
    @Test void valueAndGradientArePyTorchs() {
        try (var _ = Scope.open()) {
            Tensor a = Tensor.of(new double[] {1, 2, 1, 1.5, -2, 3}, 3, 2).requiresGrad_(true);
            Tensor b = Tensor.of(new double[] {1.5, 2, 1, 1, 1, 3}, 3, 2).requiresGrad_(true);
            Tensor loss = new CrossEntropy().forward(MultipleNegativesRanking.scores(a, b), Tensor.arange(3));
            loss.backward();
            assertEquals(0.7062379894851477, loss.item(), 1e-12);
            assertArrayEquals(new double[] {-0.29854564052988186, 0.1492728202649409, -0.521932067273031,
                    0.34795471151535406, 0.0009202347326045489, 0.0006134898217363661},
                    a.grad().toDoubles(), 1e-12);
            assertArrayEquals(new double[] {0.1753736952405041, -0.13153027143037804, 0.24725782972707155,
                    -0.247257829727072, 0.24920123184828008, -0.08306707728275997},
                    b.grad().toDoubles(), 1e-12);
        }
    }

    @Test void partnersFindEachOther() {
        Torch.seed(1);
        long before = Scope.live();
        var pairs = List.of(pair(5, 9), pair(6, 10), pair(7, 11), pair(8, 12));
        try (var model = new Bert(BertGoldens.config("bert"), false)) {
            var task = new MultipleNegativesRanking(
                    new SentenceEncoder(model, SentenceEncoder.Pooling.MEAN, false));
            var trainer = Trainer.of(task).optimizer(m -> new AdamW(m, 1e-2)).epochs(60);
            try (var loader = Loader.of(Dataset.of(pairs), 4, TokenPairs.collate(0))) {
                trainer.fit(loader);
                var values = trainer.evaluate(loader);
                assertEquals(1, values.get("accuracy"), values.toString());
                assertEquals(1, values.get("mrr"), 1e-12);
                assertTrue(values.get("loss") < 0.2, values.toString());
                try (var _ = Scope.open()) {
                    for (var batch : loader) assertEquals(4, task.forward(batch).weight());
                }
            }
        }
        assertTrue(Scope.live() <= before); // less, where garbage of other tests was freed
    }

    private static TokenPairs.Pair pair(long anchor, long positive) {
        return new TokenPairs.Pair(new long[] {2, anchor, 3}, new long[] {2, 4, positive, 3});
    }

    @Test void everyAnchorHasAPartner() {
        try (var _ = Scope.open()) {
            var one = Tokens.of(List.of(new long[] {2, 3}), 0);
            var two = Tokens.of(List.of(new long[] {2, 3}, new long[] {2, 3}), 0);
            assertEquals("TokenPairs: expected a positive for each of 2 anchors. Received 1",
                    assertThrows(IllegalArgumentException.class, () -> new TokenPairs(two, one)).getMessage());
        }
    }
}
