package dev.merapi.vision.model;

import dev.merapi.data.Batch;
import dev.merapi.loss.CrossEntropy;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class AuxiliaryClassificationTest {
    /** With given logits in training, and others in evaluation. */
    private static AuxiliaryClassification task(GoogLeNet model, Tensor... logits) {
        var main = AuxiliaryClassification.of(model, 3).main();
        return new AuxiliaryClassification(main, new Auxiliary() {
            @Override public List<Tensor> logits(Tensor x) { return List.of(logits); }

            @Override public double auxiliaryWeight() { return 0.3; }
        });
    }

    @Test void lossesAreAddedInTrainingAlone() {
        Torch.seed(1);
        try (var model = new GoogLeNet(GoogLeNet.Config.DEFAULT, 3); var _ = Scope.open()) {
            var logits = List.of(Tensor.randn(4, 3), Tensor.randn(4, 3), Tensor.randn(4, 3));
            var batch = new Batch(Tensor.randn(4, 3, 32, 32), Tensor.of(new long[] {0, 1, 2, 1}));
            var each = logits.stream().map(l -> new CrossEntropy().forward(l, batch.y()).item()).toList();
            var task = task(model, logits.toArray(Tensor[]::new));
            assertEquals(each.get(0) + 0.3 * (each.get(1) + each.get(2)), task.forward(batch).loss().item(), 1e-5);
            model.eval();
            double loss = new CrossEntropy().forward(model.forward(batch.x()), batch.y()).item();
            assertEquals(loss, task.forward(batch).loss().item(), 1e-6);
        }
    }

    @Test void theSideClassifiersLearnToo() {
        Torch.seed(1);
        try (var model = new GoogLeNet(GoogLeNet.Config.DEFAULT, 3); var _ = Scope.open()) {
            var batch = new Batch(Tensor.randn(4, 3, 32, 32), Tensor.of(new long[] {0, 1, 2, 1}));
            AuxiliaryClassification.of(model, 3).forward(batch).loss().backward();
            for (String name : List.of("aux1.fc2.weight", "aux2.conv.conv.weight", "fc.weight", "conv1.conv.weight")) {
                assertTrue(model.params().get(name).grad().abs().sum().item() > 0, name);
            }
        }
    }
}
