package dev.merapi.vision.detect;

import dev.merapi.tensor.Expect;
import dev.merapi.vision.Box;
import dev.merapi.vision.transform.Flip;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Which of a model's boxes are kept.
 *
 * @param minScore of a box
 * @param maxOverlap intersection over union with a better box of the same class
 * @param most boxes of an image
 */
public record Selection(double minScore, double maxOverlap, int most) {
    /** All that may be right, for measures that look at recall too. */
    public static final Selection MEASURED = new Selection(0.05, 0.6, 100);
    /** What is rather right than wrong, for people. */
    public static final Selection SHOWN = new Selection(0.4, 0.6, 100);

    private static final int CANDIDATES = 1000; // of an image, before overlaps are looked at

    public Selection {
        Expect.probability("min_score", minScore);
        Expect.probability("max_overlap", maxOverlap);
        Expect.atLeast("most", 1, most);
    }

    /** Boxes of an image and of its mirror image of a width, as those of one. */
    public List<ScoredBox> merged(List<ScoredBox> boxes, List<ScoredBox> mirrored, int width) {
        var all = new ArrayList<>(boxes);
        var flip = new Flip(width);
        mirrored.forEach(box -> all.add(new ScoredBox(flip.of(box.box()), box.label(), box.score())));
        var sides = new float[4 * all.size()];
        var scores = new float[all.size()];
        var labels = new long[all.size()];
        for (int i = 0; i < scores.length; i++) {
            Box box = all.get(i).box();
            float[] of = {(float) box.left(), (float) box.top(), (float) box.right(), (float) box.bottom()};
            System.arraycopy(of, 0, sides, 4 * i, 4);
            scores[i] = (float) all.get(i).score();
            labels[i] = all.get(i).label();
        }
        return LongStream.of(Nms.kept(sides, scores, labels, maxOverlap)).limit(most)
                .mapToObj(i -> all.get((int) i)).toList();
    }

    /**
     * The boxes of one image.
     *
     * @param boxes (A, 4), row by row
     * @param scores (A, classes), row by row
     * @return the best first, cut to the image's edges
     */
    List<ScoredBox> of(float[] boxes, float[] scores, int height, int width) {
        int classes = scores.length / (boxes.length / 4);
        int[] best = IntStream.range(0, scores.length).filter(i -> scores[i] >= minScore).boxed()
                .sorted(Comparator.comparingDouble(i -> -scores[i])).limit(CANDIDATES).mapToInt(i -> i).toArray();
        var sides = new float[4 * best.length];
        var values = new float[best.length];
        var labels = new long[best.length];
        for (int i = 0; i < best.length; i++) {
            for (int s = 0; s < 4; s++) {
                sides[4 * i + s] = Math.clamp(boxes[best[i] / classes * 4 + s], 0, s % 2 == 0 ? width : height);
            }
            values[i] = scores[best[i]];
            labels[i] = best[i] % classes;
        }
        var kept = new ArrayList<ScoredBox>();
        for (long k : Nms.kept(sides, values, labels, maxOverlap)) {
            int i = (int) k;
            if (kept.size() == most) break;
            if (!(sides[4 * i + 2] > sides[4 * i] && sides[4 * i + 3] > sides[4 * i + 1])) continue; // outside
            kept.add(new ScoredBox(new Box(sides[4 * i], sides[4 * i + 1], sides[4 * i + 2], sides[4 * i + 3]),
                    (int) labels[i], values[i]));
        }
        return kept;
    }
}
