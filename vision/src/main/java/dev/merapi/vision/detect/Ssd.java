package dev.merapi.vision.detect;

import dev.merapi.loss.CrossEntropy;
import dev.merapi.loss.SmoothL1;
import dev.merapi.nn.BatchNorm2d;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import dev.merapi.vision.Box;
import dev.merapi.vision.LabeledBox;
import dev.merapi.vision.model.Backbone;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Finds things by anchors: at each step of a map, boxes of several shapes are told what class is in them, if any, and
 * moved to its sides (Liu et al. 2015, "SSD: Single Shot MultiBox Detector", arXiv:1512.02325). Any backbone takes the
 * place of VGG; the names of the heads are torchvision's.
 */
public final class Ssd extends DetectionModel {
    /**
     * @param strides of the backbone's maps that are used, the finest first
     * @param extra maps of half the size each after the backbone's last
     * @param smallest side of the anchors on the finest map, as a part of the image's
     * @param largest side of the anchors on the coarsest map; those between are evenly spaced
     */
    public record Config(List<Integer> strides, int extra, double smallest, double largest) {
        /** For images of 256 by 256 to 512 by 512. */
        public static final Config DEFAULT = new Config(List.of(8, 16, 32), 2, 0.1, 0.9);

        public Config {
            strides = List.copyOf(strides);
            Expect.that(!strides.isEmpty(), "Ssd.Config.strides", "one at least", strides);
            Expect.atLeast("Ssd.Config.extra", Math.max(2 - strides.size(), 0), extra);
            Expect.that(smallest > 0 && smallest < largest && largest <= 1, "Ssd.Config",
                    "a smallest side above 0, and a larger one of at most 1", smallest + " and " + largest);
        }
    }

    private static final double MATCH = 0.5; // intersection over union
    private static final int NEGATIVES = 3; // empty anchors that teach, for each at a thing
    private static final float[] SPREAD = {10, 10, 5, 5}; // makes all four numbers about as large; as the paper's code
    private static final double[] RATIOS = {1, 2, 0.5, 3, 1 / 3.0};
    private static final int SHAPES = RATIOS.length + 1; // and a larger square
    private static final int EXTRA_CHANNELS = 128;
    private static final double LARGEST = Math.log(1000 / 16.0); // an anchor grows by no more, so that exp stays finite

    final Backbone backbone;
    final List<Unary> extra = new ArrayList<>();
    final Head head;
    private final Config config;
    private final int classes;
    private final List<Integer> levels; // of the backbone's

    /** @param backbone whose classifier is taken away */
    public Ssd(Config config, Backbone backbone, int classes) {
        Expect.atLeast("Ssd.classes", 1, classes);
        this.config = config;
        this.classes = classes;
        backbone.keepFeatures();
        this.backbone = backbone;
        levels = config.strides.stream().map(backbone::level).toList();
        var channels = new ArrayList<>(levels.stream().map(level -> backbone.levels().get(level).channels()).toList());
        for (int i = 0; i < config.extra; i++) {
            extra.add(halving(channels.getLast()));
            channels.add(EXTRA_CHANNELS);
        }
        head = new Head(channels, classes + 1);
    }

    private static Sequential halving(int in) {
        var plain = ConvOptions.SAME.noBias();
        var options = ConvOptions.DEFAULT.stride(2).padding(1).noBias();
        int half = EXTRA_CHANNELS / 2;
        return new Sequential(new Conv2d(in, half, 1, plain), new BatchNorm2d(half), new Relu(),
                new Conv2d(half, EXTRA_CHANNELS, 3, options), new BatchNorm2d(EXTRA_CHANNELS), new Relu());
    }

    /** {@code classification_head} and {@code regression_head}, a convolution for each map. */
    static final class Head extends Layer {
        final OnMaps classificationHead;
        final OnMaps regressionHead;

        Head(List<Integer> channels, int answers) {
            classificationHead = new OnMaps(channels, SHAPES * answers);
            regressionHead = new OnMaps(channels, SHAPES * 4);
        }
    }

    static final class OnMaps extends Layer {
        final List<Unary> moduleList = new ArrayList<>();

        OnMaps(List<Integer> channels, int out) {
            for (int in : channels) {
                var conv = new Conv2d(in, out, 3, ConvOptions.SAME);
                Init.xavierUniform().apply(conv.params().get("weight"));
                Init.zeros().apply(conv.params().get("bias"));
                moduleList.add(conv);
            }
        }

        List<Tensor> forward(List<Tensor> maps) {
            return IntStream.range(0, maps.size()).mapToObj(i -> moduleList.get(i).forward(maps.get(i))).toList();
        }
    }

    /** Logits (N, A, 1 + classes), nothing first, and moves of the anchors (N, A, 4). */
    @Override public Raw forward(Tensor x) {
        var all = backbone.features(x);
        var maps = new ArrayList<>(levels.stream().map(all::get).toList());
        for (var layer : extra) maps.add(layer.forward(maps.getLast()));
        return new Raw(flat(head.classificationHead.forward(maps), classes + 1),
                flat(head.regressionHead.forward(maps), 4), null,
                maps.stream().map(map -> new long[] {map.size(2), map.size(3)}).toList(), (int) x.size(2),
                (int) x.size(3));
    }

    /** The boxes that are told what is in them; they may reach over the edges. */
    List<Box> anchors(Raw raw) {
        var anchors = new ArrayList<Box>();
        int maps = raw.maps().size();
        for (int level = 0; level < maps; level++) {
            double side = side(level, maps);
            double next = Math.sqrt(side * side(level + 1, maps));
            long[] map = raw.maps().get(level);
            for (int y = 0; y < map[0]; y++) {
                for (int x = 0; x < map[1]; x++) {
                    double midX = (x + 0.5) / map[1] * raw.width();
                    double midY = (y + 0.5) / map[0] * raw.height();
                    for (int shape = 0; shape < SHAPES; shape++) {
                        double size = shape < RATIOS.length ? side : next;
                        double stretch = Math.sqrt(shape < RATIOS.length ? RATIOS[shape] : 1);
                        anchors.add(Box.ofCenter(midX, midY, size * stretch * raw.width(),
                                size / stretch * raw.height()));
                    }
                }
            }
        }
        return anchors;
    }

    private double side(int level, int maps) {
        return config.smallest + (config.largest - config.smallest) * level / (maps - 1);
    }

    /** For each anchor the thing that it is to find, or null: of each thing the best anchor, and all good ones. */
    static LabeledBox[] targets(List<Box> anchors, List<LabeledBox> things) {
        var targets = new LabeledBox[anchors.size()];
        var overlaps = new double[anchors.size()];
        for (var thing : things) {
            if (!thing.counts()) continue;
            for (int a = 0; a < targets.length; a++) {
                double iou = thing.box().iou(anchors.get(a));
                if (iou < MATCH || iou <= overlaps[a]) continue;
                overlaps[a] = iou;
                targets[a] = thing;
            }
        }
        for (var thing : things) {
            if (!thing.counts()) continue;
            int best = IntStream.range(0, targets.length).boxed()
                    .max(Comparator.comparingDouble(a -> thing.box().iou(anchors.get(a)))).orElseThrow();
            targets[best] = thing;
        }
        return targets;
    }

    /** How an anchor has to move to a box. */
    static double[] moves(Box anchor, Box to) {
        double x = (to.left() + to.right() - anchor.left() - anchor.right()) / 2 / anchor.width();
        double y = (to.top() + to.bottom() - anchor.top() - anchor.bottom()) / 2 / anchor.height();
        double[] moves = {x, y, Math.log(to.width() / anchor.width()), Math.log(to.height() / anchor.height())};
        for (int i = 0; i < 4; i++) moves[i] *= SPREAD[i];
        return moves;
    }

    @Override public Losses losses(Raw raw, List<List<LabeledBox>> things) {
        var anchors = anchors(raw);
        int places = anchors.size();
        var labels = new long[things.size() * places];
        var found = new ArrayList<Long>();
        var moves = new ArrayList<double[]>();
        for (int n = 0; n < things.size(); n++) {
            var targets = targets(anchors, things.get(n));
            for (int a = 0; a < places; a++) {
                if (targets[a] == null) continue;
                labels[n * places + a] = 1 + targets[a].label();
                found.add((long) n * places + a);
                moves.add(moves(anchors.get(a), targets[a].box()));
            }
        }
        var device = raw.scores().device();
        double divisor = Math.max(found.size(), 1);
        var wanted = Tensor.of(labels, things.size(), places).to(device);
        var each = new CrossEntropy().each(raw.scores().reshape(-1, classes + 1), wanted.flatten())
                .reshape(things.size(), places);
        var classLoss = each.mul(taught(each.detach(), wanted)).sum().div(divisor);
        if (found.isEmpty()) return new Losses(classLoss, raw.boxes().sum().mul(0), null, divisor);
        var at = Tensor.of(found.stream().mapToLong(i -> i).toArray()).to(device);
        float[] flat = new float[4 * moves.size()];
        for (int i = 0; i < flat.length; i++) flat[i] = (float) moves.get(i / 4)[i % 4];
        var boxLoss = new SmoothL1().each(raw.boxes().reshape(-1, 4).indexSelect(0, at),
                Tensor.of(flat, moves.size(), 4).to(device)).sum().div(divisor);
        return new Losses(classLoss, boxLoss, null, divisor);
    }

    /** 1 for anchors at things and, in each image, for three times as many others, whose loss is greatest. */
    private static Tensor taught(Tensor losses, Tensor wanted) {
        var atThings = wanted.gt(0);
        var others = losses.maskedFill(atThings, Double.NEGATIVE_INFINITY);
        var rank = others.argsort(1, true).argsort(1, false);
        var most = atThings.to(DType.INT64).sum(new long[] {1}, true).mul(NEGATIVES);
        return atThings.or(rank.lt(most)).to(losses.dtype());
    }

    @Override Tensor boxes(Raw raw) {
        var anchors = Boxes.toCenters(Boxes.of(anchors(raw))).to(raw.boxes().device()); // (A, 4)
        var moves = raw.boxes().div(Tensor.of(SPREAD).to(raw.boxes().device()));
        var size = anchors.narrow(1, 2, 2);
        var middle = anchors.narrow(1, 0, 2).add(moves.narrow(2, 0, 2).mul(size));
        var sides = moves.narrow(2, 2, 2).clamp(null, LARGEST).exp().mul(size);
        return Boxes.ofCenters(Tensor.cat(List.of(middle, sides), -1));
    }

    @Override Tensor scores(Raw raw) { return raw.scores().softmax(-1).narrow(-1, 1, classes); }
}
