package dev.merapi.vision.detect;

import dev.merapi.vision.LabeledBox;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/**
 * Which boxes of a class are hits, as pycocotools' {@code COCOeval} decides it for one image after another, and the
 * measures over all of them.
 */
final class CocoMatches {
    static final int THRESHOLDS = 10;
    static final int ALL = 0; // of the ranges of areas
    private static final int MOST = 100; // boxes of an image
    private static final double[][] AREAS = {{0, 1e10}, {0, 32 * 32}, {32 * 32, 96 * 96}, {96 * 96, 1e10}};
    private static final int RECALLS = 101;

    /**
     * A box that was found.
     *
     * @param rank in its image, the best is 0
     * @param hits a bit for each range of areas and threshold: it is at a thing
     * @param ignored a bit for each: it counts neither as a hit nor as a mistake
     */
    private record Found(double score, int rank, long hits, long ignored) {
        boolean isHit(int bit) { return (hits & ~ignored & 1L << bit) != 0; }
    }

    private final List<Found> found = new ArrayList<>(); // image by image, each from the best to the worst
    private final long[] things = new long[AREAS.length]; // to be found

    /** Takes in an image. */
    void add(List<ScoredBox> boxes, List<LabeledBox> known) {
        var best = boxes.stream().sorted(Comparator.comparingDouble(ScoredBox::score).reversed()).limit(MOST).toList();
        var hits = new long[best.size()];
        var ignored = new long[best.size()];
        for (int area = 0; area < AREAS.length; area++) {
            double[] range = AREAS[area];
            // those that count come first, as they are preferred
            var counting = known.stream().filter(thing -> counts(thing, range)).toList();
            var ordered = new ArrayList<>(counting);
            known.stream().filter(thing -> !counts(thing, range)).forEach(ordered::add);
            things[area] += counting.size();
            double[][] overlaps = overlaps(best, ordered);
            for (int t = 0; t < THRESHOLDS; t++) {
                long bit = 1L << area * THRESHOLDS + t;
                match(best, ordered, counting.size(), overlaps, threshold(t), bit, hits, ignored);
                for (int i = 0; i < hits.length; i++) {
                    double size = best.get(i).box().area();
                    if ((hits[i] & bit) == 0 && (size < range[0] || size > range[1])) ignored[i] |= bit;
                }
            }
        }
        for (int i = 0; i < hits.length; i++) found.add(new Found(best.get(i).score(), i, hits[i], ignored[i]));
    }

    private static boolean counts(LabeledBox thing, double[] range) {
        return thing.counts() && thing.area() >= range[0] && thing.area() <= range[1];
    }

    /** 0.5, 0.55, … 0.95, with the rounding of numpy's linspace. */
    private static double threshold(int t) {
        return t == THRESHOLDS - 1 ? 0.95 : 0.5 + t * ((0.95 - 0.5) / (THRESHOLDS - 1));
    }

    private static double[][] overlaps(List<ScoredBox> boxes, List<LabeledBox> known) {
        var overlaps = new double[boxes.size()][known.size()];
        for (int i = 0; i < boxes.size(); i++) {
            for (int j = 0; j < known.size(); j++) {
                var box = boxes.get(i).box();
                var thing = known.get(j);
                double shared = box.intersection(thing.box());
                // of a crowd, a box may show any part
                double whole = thing.crowd() ? box.area() : box.area() + thing.box().area() - shared;
                overlaps[i][j] = shared == 0 ? 0 : shared / whole;
            }
        }
        return overlaps;
    }

    /** Each box, from the best on, takes the thing that it overlaps most of those that are left. */
    private static void match(List<ScoredBox> boxes, List<LabeledBox> known, int counting, double[][] overlaps,
            double threshold, long bit, long[] hits, long[] ignored) {
        var taken = new boolean[known.size()];
        for (int i = 0; i < boxes.size(); i++) {
            double most = Math.min(threshold, 1 - 1e-10);
            int match = -1;
            for (int j = 0; j < known.size(); j++) {
                if (taken[j] && !known.get(j).crowd()) continue;
                if (match >= 0 && match < counting && j >= counting) break; // one that counts is not given up
                if (overlaps[i][j] < most) continue;
                most = overlaps[i][j];
                match = j;
            }
            if (match < 0) continue;
            taken[match] = true;
            hits[i] |= bit;
            if (match >= counting) ignored[i] |= bit;
        }
    }

    /** All that was taken in: the things, and four numbers for each box. */
    double[] state() {
        var boxes = found.stream().flatMapToDouble(f -> DoubleStream.of(f.score, f.rank, f.hits, f.ignored));
        return DoubleStream.concat(LongStream.of(things).asDoubleStream(), boxes).toArray(); // 40 bits are exact
    }

    /** Takes in the images of another, by its {@link #state}. */
    void add(double... state) {
        for (int area = 0; area < AREAS.length; area++) things[area] += (long) state[area];
        for (int at = AREAS.length; at < state.length; at += 4) {
            found.add(new Found(state[at], (int) state[at + 1], (long) state[at + 2], (long) state[at + 3]));
        }
    }

    /** Averaged over some thresholds; NaN if there is nothing to find. */
    double precision(int area, int from, int to) {
        if (things[area] == 0) return Double.NaN;
        double sum = 0;
        for (int t = from; t < to; t++) sum += precision(area * THRESHOLDS + t, things[area]);
        return sum / (to - from);
    }

    /** The share of things that the best {@code most} boxes of each image find, averaged over the thresholds. */
    double recall(int area, int most) {
        if (things[area] == 0) return Double.NaN;
        double sum = 0;
        for (int t = 0; t < THRESHOLDS; t++) {
            int bit = area * THRESHOLDS + t;
            sum += (double) found.stream().filter(f -> f.rank < most && f.isHit(bit)).count() / things[area];
        }
        return sum / THRESHOLDS;
    }

    /** The mean, over 101 values of recall, of the best precision at that recall or a higher one. */
    private double precision(int bit, long all) {
        var counting = found.stream().filter(f -> (f.ignored >> bit & 1) == 0)
                .sorted(Comparator.comparingDouble(Found::score).reversed()).toList();
        var precisions = new double[counting.size()];
        var recalls = new double[counting.size()];
        for (int i = 0, hits = 0; i < precisions.length; i++) {
            if (counting.get(i).isHit(bit)) hits++;
            recalls[i] = (double) hits / all;
            precisions[i] = hits / (i + 1 + Math.ulp(1.0));
        }
        for (int i = precisions.length - 2; i >= 0; i--) precisions[i] = Math.max(precisions[i], precisions[i + 1]);
        double sum = 0;
        for (int r = 0, i = 0; r < RECALLS; r++) {
            while (i < recalls.length && recalls[i] < r * 0.01) i++;
            if (i < recalls.length) sum += precisions[i];
        }
        return sum / RECALLS;
    }
}
