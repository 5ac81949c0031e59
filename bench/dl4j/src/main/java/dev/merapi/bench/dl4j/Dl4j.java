package dev.merapi.bench.dl4j;

import dev.merapi.bench.Batches;
import dev.merapi.bench.Runner;
import dev.merapi.bench.Step;
import dev.merapi.bench.Workload;
import java.io.IOException;
import java.util.Map;
import org.bytedeco.javacpp.Loader;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Deeplearning4j's contender. */
final class Dl4j {
    private static final int CLASSES = 10;

    private Dl4j() {}

    static void main() throws IOException {
        Nd4j.setDefaultDataTypes(DataType.FLOAT, DataType.FLOAT);
        Runner.serve("Deeplearning4j " + Loader.getVersion("org.deeplearning4j", "deeplearning4j-nn"), Map.of(
                Workload.CIFAR_CNN, Dl4j::cifarCnn,
                Workload.RESNET18, Dl4j::resNet18,
                Workload.TINY_ADD, Dl4j::tinyAdd));
    }

    private static Step cifarCnn() {
        var network = new MultiLayerNetwork(CifarCnn.configuration(CLASSES));
        network.init();
        var batches = images(Workload.CIFAR_CNN.items());
        return () -> {
            batches.next();
            network.fit(batches.inputs(), batches.labels());
            return network.score();
        };
    }

    private static Step resNet18() {
        var network = new ComputationGraph(new ResNet18().configuration(CLASSES));
        network.init();
        var batches = images(Workload.RESNET18.items());
        return () -> {
            batches.next();
            network.fit(new INDArray[] {batches.inputs()}, new INDArray[] {batches.labels()});
            return network.score();
        };
    }

    private static Step tinyAdd() {
        INDArray a = Nd4j.randn(2, 3);
        INDArray b = Nd4j.randn(2, 3);
        return () -> {
            a.add(b).close();
            return Double.NaN;
        };
    }

    private static Batches<INDArray, INDArray> images(int batch) {
        return new Batches<>(
                seed -> Nd4j.create(Batches.normal(seed, batch * 3 * 32 * 32), batch, 3, 32, 32),
                seed -> oneHot(Batches.integers(seed, batch, CLASSES)));
    }

    private static INDArray oneHot(int... labels) {
        INDArray rows = Nd4j.zeros(labels.length, CLASSES);
        for (int i = 0; i < labels.length; i++) rows.putScalar(i, labels[i], 1);
        return rows;
    }
}
