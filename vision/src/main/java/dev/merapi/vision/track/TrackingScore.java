package dev.merapi.vision.track;

import dev.merapi.tensor.Expect;
import dev.merapi.vision.Box;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * How well things were followed, over the pictures of a video: MOTA (Bernardin and Stiefelhagen 2008, "Evaluating
 * Multiple Object Tracking Performance: The CLEAR MOT Metrics") and IDF1 (Ristani et al. 2016, arXiv:1609.01775).
 */
public final class TrackingScore {
    /** A thing in a picture, by its number. */
    public record Seen(int id, Box box) {}

    private final double least;
    private final Map<Integer, Integer> partners = new HashMap<>(); // of each true number, when it was last found
    private final Map<List<Integer>, Integer> together = new HashMap<>(); // pictures, of a true and a given number
    private long truths;
    private long givens;
    private long switches;
    private long hits;
    private double overlaps;

    /** Boxes that overlap by half are of one thing. */
    public TrackingScore() { this(0.5); }

    /** @param least intersection over union from which boxes may be of one thing, above 0 and up to 1 */
    public TrackingScore(double least) {
        Expect.that(least > 0 && least <= 1, "TrackingScore.least", "above 0, up to 1", least);
        this.least = least;
    }

    /**
     * Goes on to the next picture.
     *
     * @param truth what is in it
     * @param given what the tracker says
     * @throws IllegalArgumentException if a number occurs twice in one of them
     */
    public void update(List<Seen> truth, List<Seen> given) {
        expectDifferent("truth", truth);
        expectDifferent("given", given);
        truths += truth.size();
        givens += given.size();
        for (Seen t : truth) {
            for (Seen g : given) {
                if (fits(t, g) > 0) together.merge(List.of(t.id, g.id), 1, Integer::sum);
            }
        }
        var openTruth = new ArrayList<>(truth);
        var openGiven = new ArrayList<>(given);
        for (Seen t : truth) keep(t, openTruth, openGiven);
        for (var pair : Assignment.of(List.copyOf(openTruth), List.copyOf(openGiven), this::fits)) {
            Seen t = openTruth.get(pair.first());
            Seen g = openGiven.get(pair.second());
            Integer before = partners.put(t.id, g.id);
            if (before != null && before != g.id) switches++;
            hit(t, g);
        }
    }

    /** A pair of the picture before stays one as long as it fits. */
    private void keep(Seen t, List<Seen> openTruth, List<Seen> openGiven) {
        Integer partner = partners.get(t.id);
        if (partner == null) return;
        openGiven.stream().filter(g -> g.id == partner && fits(t, g) > 0).findFirst().ifPresent(g -> {
            openTruth.remove(t);
            openGiven.remove(g);
            hit(t, g);
        });
    }

    private void hit(Seen t, Seen g) {
        hits++;
        overlaps += t.box.iou(g.box);
    }

    private double fits(Seen t, Seen g) {
        double shared = t.box.iou(g.box);
        return shared >= least ? shared : 0;
    }

    private static void expectDifferent(String what, List<Seen> seen) {
        var ids = new HashSet<Integer>();
        for (Seen one : seen) {
            Expect.that(ids.add(one.id), "TrackingScore.update: " + what, "each number once in a picture", one.id);
        }
    }

    /** Things that were there and not found, over all pictures. */
    public long misses() { return truths - hits; }

    /** Boxes of nothing, over all pictures. */
    public long falseAlarms() { return givens - hits; }

    /** How often a thing got another number. */
    public long switches() { return switches; }

    /** 1 - (misses + false alarms + switches) / things: 1 is best, and it may fall below 0. NaN without things. */
    public double mota() { return 1 - (double) (misses() + falseAlarms() + switches) / truths; }

    /** Mean intersection over union of what was found. */
    public double motp() { return overlaps / hits; }

    /**
     * How much of all boxes, true and given, lies in tracks that belong together, if each true number is given one
     * number for the whole video: 2 · IDTP / (things + boxes).
     */
    public double idf1() {
        var ofTruth = together.keySet().stream().map(List::getFirst).distinct().toList();
        var ofGiven = together.keySet().stream().map(List::getLast).distinct().toList();
        long right = 0;
        for (var pair : Assignment.of(ofTruth, ofGiven, (t, g) -> together.getOrDefault(List.of(t, g), 0))) {
            right += together.get(List.of(ofTruth.get(pair.first()), ofGiven.get(pair.second())));
        }
        return 2.0 * right / (truths + givens);
    }

    /** Such as {@code MOTA 0.912, IDF1 0.955, 3 switches}. */
    @Override public String toString() {
        return "MOTA %.3f, IDF1 %.3f, %d switches".formatted(mota(), idf1(), switches);
    }
}
