package dev.merapi.bench.djl;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import dev.merapi.bench.Batches;
import dev.merapi.bench.Step;

/** A classifier's training step: forward, cross-entropy, backward, update. */
final class Training implements Step {
    private final Trainer trainer;
    private final Batches<NDArray, NDArray> batches;

    Training(Block network, Optimizer optimizer, Batches<NDArray, NDArray> batches) {
        this.batches = batches;
        var model = Model.newInstance("bench", "PyTorch");
        model.setBlock(network);
        trainer = model.newTrainer(new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                .optOptimizer(optimizer)
                .optDevices(new Device[] {Device.cpu()}));
        batches.next();
        trainer.initialize(batches.inputs().getShape());
    }

    @Override public double run() {
        batches.next();
        try (NDManager step = trainer.getManager().newSubManager()) {
            // results belong to their operands' manager: lend the batch to the step's, which frees them
            NDArray x = batches.inputs();
            NDArray y = batches.labels();
            step.tempAttachAll(x, y);
            float value;
            try (GradientCollector gradients = trainer.newGradientCollector()) {
                NDList logits = trainer.forward(new NDList(x));
                NDArray loss = trainer.getLoss().evaluate(new NDList(y), logits);
                gradients.backward(loss);
                value = loss.getFloat();
            }
            trainer.step();
            return value;
        }
    }
}
