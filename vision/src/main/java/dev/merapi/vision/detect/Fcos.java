package dev.merapi.vision.detect;

import dev.merapi.loss.BceWithLogits;
import dev.merapi.loss.Focal;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.GroupNorm;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import dev.merapi.vision.Box;
import dev.merapi.vision.LabeledBox;
import dev.merapi.vision.model.Backbone;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds things without anchors: each step of a map says how likely each class is there, how far away the four sides of
 * the thing are, and how near to its middle it is (Tian et al. 2019, "FCOS: Fully Convolutional One-Stage Object
 * Detection", arXiv:1904.01355, with centre sampling, and the centre-ness beside the sides). torchvision's names;
 * places are the middles of steps, as in the paper.
 */
public final class Fcos extends DetectionModel {
    /**
     * @param strides of the backbone's maps that are used, the finest first
     * @param channels of the maps and of the heads, a multiple of 32
     * @param depth convolutions of each head before its last
     * @param extra maps of half the size each after the backbone's last, 0 to 2, for large things in large images
     */
    public record Config(List<Integer> strides, int channels, int depth, int extra) {
        /** The paper's, for images of about 800 by 1,333. */
        public static final Config PAPER = new Config(List.of(8, 16, 32), 256, 4, 2);
        /** For images of about 256 by 256 on a CPU. */
        public static final Config SMALL = new Config(List.of(8, 16, 32), 64, 2, 0);

        public Config {
            strides = List.copyOf(strides);
            Expect.that(!strides.isEmpty(), "Fcos.Config.strides", "one at least", strides);
            Expect.that(channels >= 32 && channels % 32 == 0, "Fcos.Config.channels", "a multiple of 32", channels);
            Expect.atLeast("Fcos.Config.depth", 0, depth);
            Expect.that(extra >= 0 && extra <= 2, "Fcos.Config.extra", "0 to 2 maps", extra);
        }
    }

    private static final double CENTER = 1.5; // steps from a thing's middle that are at it
    private static final double RANGE = 8; // steps of a map that a thing's farthest side may be away

    final Pyramid backbone;
    final Head head;
    private final int classes;
    private final List<Integer> strides = new ArrayList<>(); // of all maps

    /** @param backbone whose classifier is taken away */
    public Fcos(Config config, Backbone backbone, int classes) {
        Expect.atLeast("Fcos.classes", 1, classes);
        this.classes = classes;
        this.backbone = new Pyramid(backbone, config.strides, config.channels, config.extra);
        head = new Head(config, classes);
        strides.addAll(config.strides);
        for (int i = 0; i < config.extra; i++) strides.add(2 * strides.getLast());
    }

    /** The convolutions that run over every map: {@code classification_head} and {@code regression_head}. */
    static final class Head extends Layer {
        final Classes classificationHead;
        final Sides regressionHead;

        Head(Config config, int classes) {
            classificationHead = new Classes(config, classes);
            regressionHead = new Sides(config);
        }
    }

    static final class Classes extends Layer {
        private static final double RARE = 0.01; // a thing's probability at the start: empty places teach little then

        Unary conv;
        Unary clsLogits;

        Classes(Config config, int classes) {
            conv = tower(config);
            clsLogits = conv(config.channels, classes, -Math.log((1 - RARE) / RARE));
        }
    }

    static final class Sides extends Layer {
        private static final double START = 2; // steps: near 0, the ReLU would keep half of the places from learning

        Unary conv;
        Unary bboxReg;
        Unary bboxCtrness;

        Sides(Config config) {
            conv = tower(config);
            bboxReg = conv(config.channels, 4, START);
            bboxCtrness = conv(config.channels, 1, 0);
        }
    }

    private static Sequential tower(Config config) {
        var layers = new ArrayList<Unary>();
        for (int i = 0; i < config.depth; i++) {
            layers.add(conv(config.channels, config.channels, 0));
            layers.add(new GroupNorm(32, config.channels));
            layers.add(new Relu());
        }
        return new Sequential(layers);
    }

    private static Conv2d conv(int in, int out, double bias) {
        var conv = new Conv2d(in, out, 3, ConvOptions.SAME);
        Init.normal(0, 0.01).apply(conv.params().get("weight"));
        Init.constant(bias).apply(conv.params().get("bias"));
        return conv;
    }

    /** Logits (N, A, classes), distances in steps to the four sides (N, A, 4), and logits of the centre-ness. */
    @Override public Raw forward(Tensor x) {
        var maps = backbone.forward(x);
        var scores = new ArrayList<Tensor>();
        var sides = new ArrayList<Tensor>();
        var centerness = new ArrayList<Tensor>();
        for (var map : maps) {
            scores.add(head.classificationHead.clsLogits.forward(head.classificationHead.conv.forward(map)));
            var h = head.regressionHead.conv.forward(map);
            sides.add(head.regressionHead.bboxReg.forward(h).relu());
            centerness.add(head.regressionHead.bboxCtrness.forward(h));
        }
        return new Raw(flat(scores, classes), flat(sides, 4), flat(centerness, 1).squeeze(-1),
                maps.stream().map(map -> new long[] {map.size(2), map.size(3)}).toList(), (int) x.size(2),
                (int) x.size(3));
    }

    /** Where the steps of all maps have their middles. */
    private record Place(double x, double y, int stride, boolean finest, boolean coarsest) {
        /** Whether this is the map for a thing, by the distance to its farthest side. */
        boolean fits(double farthest) {
            return (finest || farthest > RANGE * stride / 2) && (coarsest || farthest <= RANGE * stride);
        }
    }

    private List<Place> places(Raw raw) {
        var places = new ArrayList<Place>();
        for (int level = 0; level < raw.maps().size(); level++) {
            int stride = strides.get(level);
            long[] map = raw.maps().get(level);
            for (int y = 0; y < map[0]; y++) {
                for (int x = 0; x < map[1]; x++) {
                    places.add(new Place((x + 0.5) * stride, (y + 0.5) * stride, stride, level == 0,
                            level == strides.size() - 1));
                }
            }
        }
        return places;
    }

    /** The smallest thing that a place is to find, or null. */
    private static LabeledBox target(Place place, List<LabeledBox> things) {
        LabeledBox best = null;
        for (var thing : things) {
            Box box = thing.box();
            double reach = CENTER * place.stride;
            boolean atMiddle = Math.abs(place.x - (box.left() + box.right()) / 2) < reach
                    && Math.abs(place.y - (box.top() + box.bottom()) / 2) < reach;
            if (!thing.counts() || !atMiddle) continue;
            double[] sides = sides(place, box);
            if (Arrays.stream(sides).min().getAsDouble() <= 0) continue;
            if (!place.fits(Arrays.stream(sides).max().getAsDouble())) continue;
            if (best == null || box.area() < best.box().area()) best = thing;
        }
        return best;
    }

    /** Distances to left, top, right and bottom, in pixels. */
    private static double[] sides(Place place, Box box) {
        return new double[] {place.x - box.left(), place.y - box.top(), box.right() - place.x, box.bottom() - place.y};
    }

    /** √(min(l, r) / max(l, r) · min(t, b) / max(t, b)): 1 in the middle, 0 at an edge. */
    static double centerness(double[] s) {
        return Math.sqrt(Math.min(s[0], s[2]) / Math.max(s[0], s[2]) * Math.min(s[1], s[3]) / Math.max(s[1], s[3]));
    }

    @Override public Losses losses(Raw raw, List<List<LabeledBox>> things) {
        var places = places(raw);
        int images = things.size();
        var classTargets = new float[images * places.size() * classes];
        var found = new ArrayList<Long>(); // places at things, counted over all images
        var sideTargets = new ArrayList<double[]>(); // in steps
        for (int n = 0; n < images; n++) {
            for (int a = 0; a < places.size(); a++) {
                var place = places.get(a);
                var target = target(place, things.get(n));
                if (target == null) continue;
                int at = n * places.size() + a;
                classTargets[at * classes + target.label()] = 1;
                found.add((long) at);
                sideTargets.add(Arrays.stream(sides(place, target.box())).map(side -> side / place.stride).toArray());
            }
        }
        var scores = raw.scores();
        var wanted = Tensor.of(classTargets, images, places.size(), classes).to(scores.device());
        double divisor = Math.max(found.size(), 1);
        var classLoss = new Focal().each(scores, wanted).sum().div(divisor);
        if (found.isEmpty()) {
            var nothing = raw.boxes().sum().add(raw.centerness().sum()).mul(0); // so that all weights have a gradient
            return new Losses(classLoss, nothing, nothing, divisor);
        }
        var at = Tensor.of(found.stream().mapToLong(i -> i).toArray()).to(scores.device());
        var sides = raw.boxes().reshape(-1, 4).indexSelect(0, at);
        var wantedSides = new float[4 * found.size()];
        var centers = new float[found.size()];
        for (int i = 0; i < centers.length; i++) {
            for (int s = 0; s < 4; s++) wantedSides[4 * i + s] = (float) sideTargets.get(i)[s];
            centers[i] = (float) centerness(sideTargets.get(i));
        }
        var boxLoss = Boxes.giouOf(around(sides), around(Tensor.of(wantedSides, centers.length, 4).to(scores.device())))
                .rsub(1).sum().div(divisor);
        var centerLoss = new BceWithLogits().each(raw.centerness().flatten().indexSelect(0, at),
                Tensor.of(centers).to(scores.device())).sum().div(divisor);
        return new Losses(classLoss, boxLoss, centerLoss, divisor);
    }

    /** Distances (…, 4) to the sides as boxes around the origin. */
    private static Tensor around(Tensor sides) {
        return Tensor.cat(List.of(sides.narrow(-1, 0, 2).neg(), sides.narrow(-1, 2, 2)), -1);
    }

    @Override Tensor boxes(Raw raw) {
        var places = places(raw);
        var middles = new float[4 * places.size()];
        var steps = new float[places.size()];
        for (int i = 0; i < steps.length; i++) {
            for (int s = 0; s < 4; s++) middles[4 * i + s] = (float) (s % 2 == 0 ? places.get(i).x : places.get(i).y);
            steps[i] = places.get(i).stride;
        }
        var device = raw.boxes().device();
        return around(raw.boxes()).mul(Tensor.of(steps, steps.length, 1).to(device))
                .add(Tensor.of(middles, steps.length, 4).to(device)); // (N, A, 4)
    }

    /** The geometric mean of the class's probability and the centre-ness. */
    @Override Tensor scores(Raw raw) {
        return raw.scores().sigmoid().mul(raw.centerness().sigmoid().unsqueeze(-1)).sqrt();
    }
}
