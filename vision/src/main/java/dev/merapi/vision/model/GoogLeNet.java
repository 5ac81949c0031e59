package dev.merapi.vision.model;

import dev.merapi.nn.BatchNorm2d;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.Dropout;
import dev.merapi.nn.F;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.MaxPool2d;
import dev.merapi.nn.Name;
import dev.merapi.nn.PoolOptions;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Filters of several sizes beside each other, with torchvision's parameter names and its 3x3 filters where the paper
 * has 5x5, and with batch norm (Szegedy et al. 2014, "Going Deeper with Convolutions", arXiv:1409.4842). RGB
 * (N, 3, H, W), of at least 16x16, to logits (N, classes). The pretrained weights of torchvision want pixels from -1
 * to 1: a mean and deviation of 0.5.
 */
public final class GoogLeNet extends Backbone implements Auxiliary {
    /**
     * @param auxiliary whether there are two more classifiers for training
     * @param dropout before the classifier
     * @param auxiliaryDropout before the others
     */
    public record Config(boolean auxiliary, double dropout, double auxiliaryDropout) {
        public static final Config DEFAULT = new Config(true, 0.2, 0.7);

        /** The same with the classifiers for training, or without. */
        public Config auxiliary(boolean on) { return new Config(on, dropout, auxiliaryDropout); }
    }

    private static final List<Level> LEVELS = List.of(new Level(64, 2), new Level(192, 4), new Level(480, 8),
            new Level(832, 16), new Level(1024, 32));

    @Name("") final Map<String, Unary> body = new LinkedHashMap<>();
    Unary aux1; // behind inception4a; or null
    Unary aux2; // behind inception4d; or null
    Unary fc;
    private final Unary dropout;

    /** For images of 3 channels; weights are random. */
    public GoogLeNet(Config config, int classes) {
        body.put("conv1", new Normalized(3, 64, 7, 2));
        body.put("maxpool1", pool(3, 2, 0));
        body.put("conv2", new Normalized(64, 64, 1, 1));
        body.put("conv3", new Normalized(64, 192, 3, 1));
        body.put("maxpool2", pool(3, 2, 0));
        body.put("inception3a", new Inception(192, 64, 96, 128, 16, 32, 32)); // table 1 of the paper
        body.put("inception3b", new Inception(256, 128, 128, 192, 32, 96, 64));
        body.put("maxpool3", pool(3, 2, 0));
        body.put("inception4a", new Inception(480, 192, 96, 208, 16, 48, 64));
        body.put("inception4b", new Inception(512, 160, 112, 224, 24, 64, 64));
        body.put("inception4c", new Inception(512, 128, 128, 256, 24, 64, 64));
        body.put("inception4d", new Inception(512, 112, 144, 288, 32, 64, 64));
        body.put("inception4e", new Inception(528, 256, 160, 320, 32, 128, 128));
        body.put("maxpool4", pool(2, 2, 0));
        body.put("inception5a", new Inception(832, 256, 160, 320, 32, 128, 128));
        body.put("inception5b", new Inception(832, 384, 192, 384, 48, 128, 128));
        aux1 = config.auxiliary ? new Side(512, classes, config.auxiliaryDropout) : null;
        aux2 = config.auxiliary ? new Side(528, classes, config.auxiliaryDropout) : null;
        dropout = new Dropout(config.dropout);
        fc = new Linear(1024, classes);
        var init = Init.truncatedNormal(0, 0.01, -2, 2);
        initialize(init, init);
    }

    private static MaxPool2d pool(int kernel, int stride, int padding) {
        return new MaxPool2d(kernel, PoolOptions.DEFAULT.stride(stride).padding(padding).ceil(true));
    }

    @Override public List<Level> levels() { return LEVELS; }

    @Override public int width() { return LEVELS.getLast().channels(); }

    @Override public List<String> heads() {
        return aux1 == null ? List.of("fc") : List.of("fc", "aux1.fc2", "aux2.fc2");
    }

    @Override public List<Tensor> features(Tensor x) {
        var maps = run(x);
        return List.of(maps.get("conv1"), maps.get("conv3"), maps.get("inception3b"), maps.get("inception4e"),
                maps.get("inception5b"));
    }

    /** The result of each part of the body. */
    private Map<String, Tensor> run(Tensor x) {
        var results = new LinkedHashMap<String, Tensor>();
        Tensor h = x;
        for (var part : body.entrySet()) {
            h = part.getValue().forward(h);
            results.put(part.getKey(), h);
        }
        return results;
    }

    @Override public Tensor embed(Tensor x) { return pooled(run(x)); }

    private static Tensor pooled(Map<String, Tensor> results) {
        return F.adaptiveAvgPool(results.get("inception5b"), 1, 1).flatten(1, -1);
    }

    @Override public List<Tensor> logits(Tensor x) {
        var results = run(x);
        var logits = new ArrayList<>(List.of(hooked(fc.forward(dropout.forward(pooled(results))), x)));
        if (aux1 != null && isTraining()) {
            logits.add(aux1.forward(results.get("inception4a")));
            logits.add(aux2.forward(results.get("inception4d")));
        }
        return logits;
    }

    @Override public double auxiliaryWeight() { return 0.3; } // section 5 of the paper

    @Override public Tensor forward(Tensor x) { return hooked(fc.forward(dropout.forward(embed(x))), x); }

    /** A convolution, a batch norm, a ReLU. */
    static final class Normalized extends Layer implements Unary {
        Unary conv;
        Unary bn;

        Normalized(int in, int out, int kernel, int stride) {
            this(new Conv2d(in, out, kernel, ConvOptions.DEFAULT.stride(stride).padding(kernel / 2).noBias()), out);
        }

        Normalized(Conv2d conv, int out) {
            this.conv = conv;
            bn = new BatchNorm2d(out, 1e-3, 0.1, true);
        }

        @Override public Tensor forward(Tensor x) { return hooked(relu(this, bn.forward(conv.forward(x))), x); }
    }

    /** Four branches, joined along the channels. */
    static final class Inception extends Layer implements Unary {
        Unary branch1;
        Unary branch2;
        Unary branch3;
        Unary branch4;

        Inception(int in, int one, int threeReduced, int three, int fiveReduced, int five, int pooled) {
            branch1 = new Normalized(in, one, 1, 1);
            branch2 = new Sequential(new Normalized(in, threeReduced, 1, 1), new Normalized(threeReduced, three, 3, 1));
            branch3 = new Sequential(new Normalized(in, fiveReduced, 1, 1), new Normalized(fiveReduced, five, 3, 1));
            branch4 = new Sequential(pool(3, 1, 1), new Normalized(in, pooled, 1, 1));
        }

        @Override public Tensor forward(Tensor x) {
            return hooked(Tensor.cat(List.of(branch1.forward(x), branch2.forward(x), branch3.forward(x),
                    branch4.forward(x)), 1), x);
        }
    }

    /** A classifier at the side. */
    static final class Side extends Layer implements Unary {
        Unary conv;
        Unary fc1;
        Unary fc2;
        private final Unary dropout;

        Side(int in, int classes, double dropout) {
            conv = new Normalized(in, 128, 1, 1);
            fc1 = new Linear(128 * 4 * 4, 1024);
            fc2 = new Linear(1024, classes);
            this.dropout = new Dropout(dropout);
        }

        @Override public Tensor forward(Tensor x) {
            Tensor h = conv.forward(F.adaptiveAvgPool(x, 4, 4)).flatten(1, -1);
            return hooked(fc2.forward(dropout.forward(fc1.forward(h).relu())), x);
        }
    }
}
