package dev.merapi.bench.djl;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import dev.merapi.bench.Batches;
import dev.merapi.bench.Runner;
import dev.merapi.bench.Step;
import dev.merapi.bench.Workload;
import java.util.Map;

import static dev.merapi.bench.Workload.BERT_TRAIN;
import static dev.merapi.bench.Workload.BERT_TRAIN_BF16;
import static dev.merapi.bench.Workload.CIFAR_CNN;
import static dev.merapi.bench.Workload.RESNET18;
import static dev.merapi.bench.Workload.TINY_ADD;
import static dev.merapi.bench.Workload.TRANSFORMER;

/** DJL's contender. */
final class Djl {
    static final int CLASSES = 10;

    private Djl() {}

    static void main() {
        System.setProperty("ai.djl.pytorch.num_threads", String.valueOf(Runner.threads()));
        var engine = Engine.getEngine("PyTorch");
        engine.setRandomSeed(1);
        NDManager manager = engine.newBaseManager();
        Runner.serve("DJL %s, libtorch %s".formatted(Engine.getDjlVersion(), engine.getVersion()), Map.of(
                CIFAR_CNN, () -> new Training(Networks.cifarCnn(), adam(), images(manager, CIFAR_CNN)),
                RESNET18, () -> new Training(Networks.resNet18(), adam(), images(manager, RESNET18)),
                TRANSFORMER, () -> new Training(Networks.transformer(), adam(), texts(manager)),
                BERT_TRAIN, () -> bert(manager),
                BERT_TRAIN_BF16, () -> bert(manager), // it has no mixed precision
                TINY_ADD, () -> tinyAdd(manager)));
    }

    private static Optimizer adam() { return Optimizer.adam().optLearningRateTracker(Tracker.fixed(1e-3f)).build(); }

    private static Batches<NDArray, NDArray> images(NDManager manager, Workload workload) {
        var shape = new Shape(workload.items(), 3, 32, 32);
        return new Batches<>(
                seed -> manager.create(Batches.normal(seed, (int) shape.size()), shape),
                seed -> integers(manager, seed, CLASSES, workload.items()));
    }

    private static Step bert(NDManager manager) {
        int length = BERT_TRAIN.items() / Networks.SEQUENCES;
        return new Training(new Bert(length),
                Optimizer.adamW().optLearningRateTracker(Tracker.fixed(1e-5f)).build(), new Batches<>(
                        seed -> integers(manager, seed, Bert.VOCABULARY, Networks.SEQUENCES, length),
                        seed -> integers(manager, seed, 2, Networks.SEQUENCES)));
    }

    private static Batches<NDArray, NDArray> texts(NDManager manager) {
        return new Batches<>(
                seed -> integers(manager, seed, Networks.VOCABULARY, Networks.SEQUENCES, Networks.TOKENS),
                seed -> integers(manager, seed, CLASSES, Networks.SEQUENCES));
    }

    private static NDArray integers(NDManager manager, int seed, int bound, long... shape) {
        var values = Batches.integers(seed, (int) new Shape(shape).size(), bound);
        return manager.create(values, new Shape(shape)).toType(DataType.INT64, false);
    }

    private static Step tinyAdd(NDManager manager) {
        NDArray a = manager.randomNormal(new Shape(2, 3));
        NDArray b = manager.randomNormal(new Shape(2, 3));
        return () -> {
            a.add(b).close();
            return Double.NaN;
        };
    }
}
