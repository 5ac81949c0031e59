package dev.merapi.vision.model;

import dev.merapi.nn.AvgPool2d;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.Dropout;
import dev.merapi.nn.F;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.MaxPool2d;
import dev.merapi.nn.Name;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * GoogLeNet's successor, whose larger filters are products of smaller ones, with torchvision's parameter names (Szegedy
 * et al. 2015, "Rethinking the Inception Architecture for Computer Vision", arXiv:1512.00567). RGB (N, 3, H, W), made
 * for 299x299 and of at least 75x75, in training with the auxiliary classifier about 275x275, to logits (N, classes).
 * The pretrained weights of torchvision want pixels from -1 to 1: a mean and deviation of 0.5.
 */
public final class InceptionV3 extends Backbone implements Auxiliary {
    /**
     * @param auxiliary whether there is one more classifier for training
     * @param dropout before the classifier
     */
    public record Config(boolean auxiliary, double dropout) {
        public static final Config DEFAULT = new Config(true, 0.5);

        /** The same with the classifier for training, or without. */
        public Config auxiliary(boolean on) { return new Config(on, dropout); }

        /** The same with this dropout. */
        public Config dropout(double p) { return new Config(auxiliary, p); }
    }

    private static final List<Level> LEVELS = List.of(new Level(64, 2), new Level(192, 4), new Level(288, 8),
            new Level(768, 16), new Level(2048, 32));

    @Name("") final Map<String, Unary> body = new LinkedHashMap<>();
    @Name("AuxLogits") Unary auxLogits; // behind Mixed_6e; or null
    Unary fc;
    private final Unary dropout;

    /** For images of 3 channels; weights are random. */
    public InceptionV3(Config config, int classes) {
        body.put("Conv2d_1a_3x3", conv(3, 32, 3, 3, 2, 0));
        body.put("Conv2d_2a_3x3", conv(32, 32, 3, 3, 1, 0));
        body.put("Conv2d_2b_3x3", conv(32, 64, 3, 3, 1, 1));
        body.put("maxpool1", new MaxPool2d(3, 2, 0));
        body.put("Conv2d_3b_1x1", conv(64, 80, 1, 1, 1, 0));
        body.put("Conv2d_4a_3x3", conv(80, 192, 3, 3, 1, 0));
        body.put("maxpool2", new MaxPool2d(3, 2, 0));
        body.put("Mixed_5b", a(192, 32));
        body.put("Mixed_5c", a(256, 64));
        body.put("Mixed_5d", a(288, 64));
        body.put("Mixed_6a", b(288));
        body.put("Mixed_6b", c(768, 128));
        body.put("Mixed_6c", c(768, 160));
        body.put("Mixed_6d", c(768, 160));
        body.put("Mixed_6e", c(768, 192));
        body.put("Mixed_7a", d(768));
        body.put("Mixed_7b", e(1280));
        body.put("Mixed_7c", e(2048));
        auxLogits = config.auxiliary ? new Side(classes) : null;
        dropout = new Dropout(config.dropout);
        fc = new Linear(2048, classes);
        var init = Init.truncatedNormal(0, 0.1, -2, 2);
        initialize(init, init);
        if (config.auxiliary) ((Side) auxLogits).start();
    }

    private static Unary conv(int in, int out, int height, int width, int stride, int padding) {
        return new GoogLeNet.Normalized(new Conv2d(in, out, height, width,
                ConvOptions.DEFAULT.stride(stride).padding(padding).noBias()), out);
    }

    private static Mixed a(int in, int pooled) {
        return new Mixed(in)
                .branch().conv("branch1x1", 64, 1, 1)
                .branch().conv("branch5x5_1", 48, 1, 1).conv("branch5x5_2", 64, 5, 5)
                .branch().conv("branch3x3dbl_1", 64, 1, 1).conv("branch3x3dbl_2", 96, 3, 3)
                .conv("branch3x3dbl_3", 96, 3, 3)
                .branch().average().conv("branch_pool", pooled, 1, 1);
    }

    private static Mixed b(int in) {
        return new Mixed(in)
                .branch().halving("branch3x3", 384)
                .branch().conv("branch3x3dbl_1", 64, 1, 1).conv("branch3x3dbl_2", 96, 3, 3)
                .halving("branch3x3dbl_3", 96)
                .branch().maximum();
    }

    private static Mixed c(int in, int inside) {
        return new Mixed(in)
                .branch().conv("branch1x1", 192, 1, 1)
                .branch().conv("branch7x7_1", inside, 1, 1).conv("branch7x7_2", inside, 1, 7)
                .conv("branch7x7_3", 192, 7, 1)
                .branch().conv("branch7x7dbl_1", inside, 1, 1).conv("branch7x7dbl_2", inside, 7, 1)
                .conv("branch7x7dbl_3", inside, 1, 7).conv("branch7x7dbl_4", inside, 7, 1)
                .conv("branch7x7dbl_5", 192, 1, 7)
                .branch().average().conv("branch_pool", 192, 1, 1);
    }

    private static Mixed d(int in) {
        return new Mixed(in)
                .branch().conv("branch3x3_1", 192, 1, 1).halving("branch3x3_2", 320)
                .branch().conv("branch7x7x3_1", 192, 1, 1).conv("branch7x7x3_2", 192, 1, 7)
                .conv("branch7x7x3_3", 192, 7, 1).halving("branch7x7x3_4", 192)
                .branch().maximum();
    }

    private static Mixed e(int in) {
        return new Mixed(in)
                .branch().conv("branch1x1", 320, 1, 1)
                .branch().conv("branch3x3_1", 384, 1, 1).fork("branch3x3_2a", "branch3x3_2b", 384)
                .branch().conv("branch3x3dbl_1", 448, 1, 1).conv("branch3x3dbl_2", 384, 3, 3)
                .fork("branch3x3dbl_3a", "branch3x3dbl_3b", 384)
                .branch().average().conv("branch_pool", 192, 1, 1);
    }

    @Override public List<Level> levels() { return LEVELS; }

    @Override public int width() { return LEVELS.getLast().channels(); }

    @Override public List<String> heads() { return auxLogits == null ? List.of("fc") : List.of("fc", "AuxLogits.fc"); }

    @Override public List<Tensor> features(Tensor x) {
        var maps = run(x);
        return List.of(maps.get("Conv2d_2b_3x3"), maps.get("Conv2d_4a_3x3"), maps.get("Mixed_5d"),
                maps.get("Mixed_6e"), maps.get("Mixed_7c"));
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
        return F.adaptiveAvgPool(results.get("Mixed_7c"), 1, 1).flatten(1, -1);
    }

    @Override public List<Tensor> logits(Tensor x) {
        var results = run(x);
        var logits = new ArrayList<>(List.of(hooked(fc.forward(dropout.forward(pooled(results))), x)));
        if (auxLogits != null && isTraining()) logits.add(auxLogits.forward(results.get("Mixed_6e")));
        return logits;
    }

    @Override public double auxiliaryWeight() { return 0.4; } // as TensorFlow's and torchvision's training

    @Override public Tensor forward(Tensor x) { return hooked(fc.forward(dropout.forward(embed(x))), x); }

    /** Branches, joined along the channels; the method that makes one goes on from the last. */
    static final class Mixed extends Layer implements Unary {
        @Name("") final Map<String, Unary> convolutions = new LinkedHashMap<>();
        private final transient List<List<Unary>> branches = new ArrayList<>(); // by name, so that they can be replaced
        private final int in;
        private int channels; // where the last branch has come to

        Mixed(int in) { this.in = in; }

        Mixed branch() {
            branches.add(new ArrayList<>());
            channels = in;
            return this;
        }

        private Mixed then(Unary step) {
            branches.getLast().add(step);
            return this;
        }

        private Unary named(String name, Unary conv) {
            convolutions.put(name, conv);
            return h -> convolutions.get(name).forward(h);
        }

        /** Keeps the size. */
        Mixed conv(String name, int out, int height, int width) {
            var step = named(name, same(channels, out, height, width));
            channels = out;
            return then(step);
        }

        private static Unary same(int in, int out, int height, int width) {
            return new GoogLeNet.Normalized(new Conv2d(in, out, height, width,
                    ConvOptions.DEFAULT.padding(height / 2, width / 2).noBias()), out);
        }

        /** A 3x3 filter of stride 2. */
        Mixed halving(String name, int out) {
            var step = named(name, InceptionV3.conv(channels, out, 3, 3, 2, 0));
            channels = out;
            return then(step);
        }

        /** A 1x3 and a 3x1 filter of the same, joined. */
        Mixed fork(String wide, String high, int out) {
            var one = named(wide, same(channels, out, 1, 3));
            var other = named(high, same(channels, out, 3, 1));
            return then(h -> Tensor.cat(List.of(one.forward(h), other.forward(h)), 1));
        }

        Mixed average() { return then(new AvgPool2d(3, 1, 1)); }

        Mixed maximum() { return then(new MaxPool2d(3, 2, 0)); }

        @Override public Tensor forward(Tensor x) {
            var results = new ArrayList<Tensor>();
            for (var branch : branches) {
                Tensor h = x;
                for (Unary step : branch) h = step.forward(h);
                results.add(h);
            }
            return hooked(Tensor.cat(results, 1), x);
        }
    }

    /** A classifier at the side. */
    static final class Side extends Layer implements Unary {
        Unary conv0 = conv(768, 128, 1, 1, 1, 0);
        Unary conv1 = conv(128, 768, 5, 5, 1, 0);
        Unary fc;
        private final Unary pool = new AvgPool2d(5, 3, 0);

        Side(int classes) { fc = new Linear(768, classes); }

        /** Smaller than the others. */
        void start() {
            Init.truncatedNormal(0, 0.01, -2, 2).apply(params().get("conv1.conv.weight"));
            Init.truncatedNormal(0, 0.001, -2, 2).apply(params().get("fc.weight"));
        }

        @Override public Tensor forward(Tensor x) {
            Tensor h = conv1.forward(conv0.forward(pool.forward(x)));
            return hooked(fc.forward(F.adaptiveAvgPool(h, 1, 1).flatten(1, -1)), x);
        }
    }
}
