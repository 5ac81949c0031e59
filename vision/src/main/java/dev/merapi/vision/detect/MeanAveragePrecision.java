package dev.merapi.vision.detect;

import dev.merapi.metric.Metric;
import dev.merapi.vision.LabeledBox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.DoubleStream;

/**
 * How well boxes are found, as COCO measures it: the area under the curve of precision over recall, at 101 points,
 * averaged over classes and over the intersection over union, 0.5 to 0.95, from which a box counts as found. The
 * numbers are those of pycocotools' {@code COCOeval}: with crowds, areas, and the best 100 boxes of an image and class.
 *
 * <pre>{@code
 * var map = new MeanAveragePrecision(20);
 * map.update(List.of(found), List.of(known));       // a list for each image of the batch
 * IO.println(map.value() + " " + map.scores().ap50());
 * }</pre>
 *
 * Of images with equal scores, those that came first come first: a merge in another order may change last digits.
 */
public final class MeanAveragePrecision implements Metric<List<List<ScoredBox>>, List<List<LabeledBox>>> {
    /**
     * COCO's twelve numbers, and the first of them for each class. NaN where there is nothing to find.
     *
     * @param ap averaged over 0.5, 0.55, … 0.95
     * @param ap50 at 0.5
     * @param ap75 at 0.75
     * @param small ap of things of up to 32² pixels
     * @param medium from there to 96²
     * @param large above
     * @param recall1 the share of things that are found, averaged as ap, by the best box of each image and class
     * @param recall10 by the best 10
     * @param recall100 by the best 100
     * @param recallSmall by the best 100, of small things
     * @param recallMedium of medium ones
     * @param recallLarge of large ones
     * @param classes ap of each class
     */
    public record Scores(double ap, double ap50, double ap75, double small, double medium, double large,
            double recall1, double recall10, double recall100, double recallSmall, double recallMedium,
            double recallLarge, List<Double> classes) {}

    private final String name;
    private final int from; // the first threshold that value() averages
    private final int to;
    private final int classes;
    private final TreeMap<Integer, CocoMatches> matches = new TreeMap<>(); // by class

    /** Named {@code map}, over all thresholds. */
    public MeanAveragePrecision(int classes) { this("map", 0, CocoMatches.THRESHOLDS, classes); }

    private MeanAveragePrecision(String name, int from, int to, int classes) {
        if (classes < 1) {
            throw new IllegalArgumentException("MeanAveragePrecision: expected at least 1 class. Received " + classes);
        }
        this.name = name;
        this.from = from;
        this.to = to;
        this.classes = classes;
    }

    /** Named {@code map_50}: a box counts as found from an intersection over union of 0.5. */
    public static MeanAveragePrecision at50(int classes) { return new MeanAveragePrecision("map_50", 0, 1, classes); }

    @Override public String name() { return name; }

    /**
     * @param found the boxes of each image
     * @param known the things in each image
     * @throws IllegalArgumentException if there are more images of one than of the other, or a class is out of range
     */
    @Override public void update(List<List<ScoredBox>> found, List<List<LabeledBox>> known) {
        if (found.size() != known.size()) {
            throw new IllegalArgumentException(name + ": expected a list of boxes for each of " + known.size()
                    + " images. Received " + found.size());
        }
        for (int i = 0; i < found.size(); i++) {
            var ofImage = new TreeMap<Integer, List<ScoredBox>>();
            var things = new TreeMap<Integer, List<LabeledBox>>();
            for (var box : found.get(i)) add(ofImage, box.label(), box);
            for (var box : known.get(i)) add(things, box.label(), box);
            ofImage.keySet().forEach(label -> things.putIfAbsent(label, List.of()));
            things.forEach((label, boxes) -> matches.computeIfAbsent(label, _ -> new CocoMatches())
                    .add(ofImage.getOrDefault(label, List.of()), boxes));
        }
    }

    private <B> void add(TreeMap<Integer, List<B>> byClass, int label, B box) {
        if (label < 0 || label >= classes) {
            throw new IllegalArgumentException(name + ": expected classes from 0 to " + (classes - 1) + ". Received "
                    + label);
        }
        byClass.computeIfAbsent(label, _ -> new ArrayList<>()).add(box);
    }

    /** Of each class its number, how many numbers follow, and those. */
    @Override public double[] state() {
        return matches.entrySet().stream().flatMapToDouble(of -> {
            double[] numbers = of.getValue().state();
            return DoubleStream.concat(DoubleStream.of(of.getKey(), numbers.length), DoubleStream.of(numbers));
        }).toArray();
    }

    @Override public void merge(double... state) {
        for (int at = 0; at < state.length; at += 2 + (int) state[at + 1]) {
            int label = (int) state[at];
            if (label < 0 || label >= classes) {
                throw new IllegalArgumentException(name + ".merge: expected the state of another " + name + " of "
                        + classes + " classes. Received class " + label);
            }
            matches.computeIfAbsent(label, _ -> new CocoMatches())
                    .add(Arrays.copyOfRange(state, at + 2, at + 2 + (int) state[at + 1]));
        }
    }

    /** NaN if there was nothing to find. */
    @Override public double value() { return precision(CocoMatches.ALL, from, to); }

    @Override public void reset() { matches.clear(); }

    /** All of COCO's numbers. */
    public Scores scores() {
        int all = CocoMatches.THRESHOLDS;
        var each = new ArrayList<Double>();
        for (int label = 0; label < classes; label++) {
            each.add(matches.containsKey(label) ? matches.get(label).precision(0, 0, all) : Double.NaN);
        }
        return new Scores(precision(0, 0, all), precision(0, 0, 1), precision(0, 5, 6), precision(1, 0, all),
                precision(2, 0, all), precision(3, 0, all), recall(0, 1), recall(0, 10), recall(0, 100),
                recall(1, 100), recall(2, 100), recall(3, 100), List.copyOf(each));
    }

    private double precision(int area, int from, int to) {
        return mean(matches.values().stream().mapToDouble(of -> of.precision(area, from, to)).toArray());
    }

    private double recall(int area, int most) {
        return mean(matches.values().stream().mapToDouble(of -> of.recall(area, most)).toArray());
    }

    /** Of those that are numbers. */
    private static double mean(double... values) {
        double sum = 0;
        int count = 0;
        for (double value : values) {
            if (Double.isNaN(value)) continue;
            sum += value;
            count++;
        }
        return count == 0 ? Double.NaN : sum / count;
    }
}
