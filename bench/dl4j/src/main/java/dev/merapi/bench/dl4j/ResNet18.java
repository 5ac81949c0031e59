package dev.merapi.bench.dl4j;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * ResNet-18 (He et al. 2015, arXiv:1512.03385) with the stem for 32x32 images.
 * Shapes: x (B, 3, 32, 32) to probabilities (B, classes).
 */
final class ResNet18 {
    private final GraphBuilder graph = new NeuralNetConfiguration.Builder()
            .seed(1).updater(new Adam(1e-3)).weightInit(WeightInit.RELU).graphBuilder();

    ComputationGraphConfiguration configuration(int classes) {
        graph.addInputs("images");
        String h = convNorm("stem", "images", 3, 64, 3, 1, Activation.RELU);
        int in = 64;
        for (int width : new int[] {64, 128, 256, 512}) {
            h = block("block" + width + "a", h, in, width, width == in ? 1 : 2);
            h = block("block" + width + "b", h, width, width, 1);
            in = width;
        }
        graph.addLayer("pool", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), h);
        graph.addLayer("out", new OutputLayer.Builder(LossFunction.MCXENT)
                .nIn(in).nOut(classes).activation(Activation.SOFTMAX).build(), "pool");
        return graph.setOutputs("out").build();
    }

    /** Adds two convolutions and a way around them; returns the name of its last vertex. */
    private String block(String name, String x, int in, int out, int stride) {
        String first = convNorm(name + "-1", x, in, out, 3, stride, Activation.RELU);
        String second = convNorm(name + "-2", first, out, out, 3, 1, Activation.IDENTITY);
        String around = stride == 1 ? x
                : convNorm(name + "-around", x, in, out, 1, stride, Activation.IDENTITY);
        graph.addVertex(name + "-sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), second, around);
        graph.addLayer(name, new ActivationLayer(Activation.RELU), name + "-sum");
        return name;
    }

    /** Adds a convolution without bias and a batch normalisation; returns the latter's name. */
    private String convNorm(
            String name, String x, int in, int out, int kernel, int stride, Activation activation) {
        graph.addLayer(name + "-conv", new ConvolutionLayer.Builder(kernel, kernel).stride(stride, stride)
                .padding(kernel / 2, kernel / 2).nIn(in).nOut(out).hasBias(false)
                .activation(Activation.IDENTITY).build(), x);
        var norm = new BatchNormalization.Builder().nIn(out).nOut(out).activation(activation).build();
        graph.addLayer(name, norm, name + "-conv");
        return name;
    }
}
