package dev.merapi.vision.track;

import dev.merapi.vision.Box;
import dev.merapi.vision.detect.ScoredBox;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TrackerTest {
    private static ScoredBox box(double x, double y, double score) {
        return new ScoredBox(Box.ofSize(x, y, 20, 20), 0, score);
    }

    private static List<Integer> ids(List<Track> tracks) { return tracks.stream().map(Track::id).toList(); }

    @Test void whatMovesKeepsItsNumber() {
        var tracker = new Tracker(Tracker.Config.DEFAULT);
        for (int i = 0; i < 40; i++) { // they pass each other
            var tracks = tracker.next(List.of(box(4 * i, 10, 0.9), box(160 - 4 * i, 34, 0.8)));
            assertEquals(List.of(1, 2), ids(tracks), "picture " + i);
            assertEquals(4 * i, tracks.getFirst().seen().box().left());
        }
    }

    @Test void whatIsHiddenForAWhileComesBack() {
        var tracker = new Tracker(Tracker.Config.DEFAULT);
        for (int i = 0; i < 60; i++) {
            boolean hidden = i >= 20 && i < 30;
            var tracks = tracker.next(hidden ? List.of() : List.of(box(3 * i, 10, 0.9)));
            assertEquals(hidden ? List.of() : List.of(1), ids(tracks), "picture " + i);
        }
        for (int i = 0; i < 32; i++) tracker.next(List.of());
        tracker.next(List.of(box(180, 10, 0.9)));
        assertEquals(List.of(2), ids(tracker.next(List.of(box(183, 10, 0.9)))), "forgotten after 30 pictures");
    }

    @Test void unsureBoxesGoOnWithATrackAndBeginNone() {
        var tracker = new Tracker(Tracker.Config.DEFAULT);
        for (int i = 0; i < 20; i++) {
            double score = i < 5 || i > 12 ? 0.9 : 0.2;
            var tracks = tracker.next(List.of(box(2 * i, 10, score), box(100, 100, 0.3)));
            assertEquals(List.of(1), ids(tracks), "picture " + i);
        }
    }

    @Test void aBoxOfOnePictureIsNoTrack() {
        var tracker = new Tracker(Tracker.Config.DEFAULT);
        tracker.next(List.of(box(0, 0, 0.9)));
        assertEquals(List.of(1), ids(tracker.next(List.of(box(1, 0, 0.9), box(100, 100, 0.9)))));
        assertEquals(List.of(1), ids(tracker.next(List.of(box(2, 0, 0.9)))));
        assertEquals(List.of(1), ids(tracker.next(List.of(box(3, 0, 0.9), box(100, 100, 0.9)))));
        assertEquals(List.of(1, 2), ids(tracker.next(List.of(box(4, 0, 0.9), box(101, 100, 0.9)))));
    }

    @Test void classesAreKeptApart() {
        var tracker = new Tracker(Tracker.Config.DEFAULT);
        tracker.next(List.of(new ScoredBox(Box.ofSize(0, 0, 20, 20), 0, 0.9)));
        assertEquals(List.of(), ids(tracker.next(List.of(new ScoredBox(Box.ofSize(0, 0, 20, 20), 1, 0.9)))));
    }

    /** The filter's numbers, worked out by hand for a box of height 20 that is seen where it was. */
    @Test void motionIsKalmans() {
        var motion = new Motion(Box.ofSize(0, 0, 20, 20));
        motion.step();
        motion.see(Box.ofSize(4, 0, 20, 20));
        // p = 2²  + 1.25² + 1², r = 1: gain 6.5625 / 7.5625; velocity: 1.25² / 7.5625
        assertEquals(10 + 4 * 6.5625 / 7.5625, (motion.box().left() + motion.box().right()) / 2, 1e-9);
        motion.step();
        assertEquals(10 + 4 * (6.5625 + 1.5625) / 7.5625, (motion.box().left() + motion.box().right()) / 2, 1e-9);
    }

    @Test void settingsAreChecked() {
        assertThrows(IllegalArgumentException.class, () -> new Tracker.Config(0.1, 0.5, 0.2, 0.5, 30));
        assertThrows(IllegalArgumentException.class, () -> new Tracker.Config(0.5, 0.1, 0, 0.5, 30));
        assertThrows(IllegalArgumentException.class, () -> new Tracker.Config(0.5, 0.1, 0.2, 0.5, -1));
    }

    @Test void theBestPairsTogetherAreFound() {
        var random = new Random(2);
        for (int round = 0; round < 40; round++) {
            int rows = 1 + random.nextInt(5), columns = 1 + random.nextInt(5);
            var gains = new double[rows][columns];
            for (var row : gains) for (int j = 0; j < columns; j++) row[j] = Math.max(random.nextDouble() - 0.3, 0);
            var pairs = Assignment.of(range(rows), range(columns), (i, j) -> gains[i][j]);
            double sum = pairs.stream().mapToDouble(pair -> gains[pair.first()][pair.second()]).sum();
            assertEquals(best(gains, 0, new boolean[columns]), sum, 1e-12);
            assertTrue(pairs.stream().allMatch(pair -> gains[pair.first()][pair.second()] > 0));
        }
        assertEquals(List.of(), Assignment.of(List.of(), List.of(1), (_, _) -> 1));
    }

    private static List<Integer> range(int n) { return IntStream.range(0, n).boxed().toList(); }

    /** By trying all. */
    private static double best(double[][] gains, int row, boolean[] taken) {
        if (row == gains.length) return 0;
        double best = best(gains, row + 1, taken);
        for (int j = 0; j < taken.length; j++) {
            if (taken[j]) continue;
            taken[j] = true;
            best = Math.max(best, gains[row][j] + best(gains, row + 1, taken));
            taken[j] = false;
        }
        return best;
    }

    private static TrackingScore.Seen seen(int id, double x) {
        return new TrackingScore.Seen(id, Box.ofSize(x, 0, 20, 20));
    }

    /** Counted by hand: two things over five pictures. */
    @Test void measuresAreTheirDefinitions() {
        var score = new TrackingScore();
        score.update(List.of(seen(1, 0), seen(2, 100)), List.of(seen(7, 0), seen(8, 100)));
        score.update(List.of(seen(1, 5), seen(2, 100)), List.of(seen(7, 5)));                    // 2 is missed
        score.update(List.of(seen(1, 10), seen(2, 100)), List.of(seen(7, 10), seen(9, 100)));    // 2 becomes 9
        score.update(List.of(seen(1, 15), seen(2, 100)), List.of(seen(7, 15), seen(9, 100), seen(5, 300)));
        score.update(List.of(seen(1, 20)), List.of(seen(7, 20)));
        assertEquals(1, score.misses());
        assertEquals(1, score.falseAlarms());
        assertEquals(1, score.switches());
        assertEquals(1 - 3 / 9.0, score.mota(), 1e-12);
        assertEquals(1, score.motp(), 1e-12);
        assertEquals(2.0 * (5 + 2) / (9 + 9), score.idf1(), 1e-12); // 7 is 1 in 5 pictures, 9 is 2 in 2
        assertEquals("MOTA 0.667, IDF1 0.778, 1 switches", score.toString());
        assertThrows(IllegalArgumentException.class, () -> score.update(List.of(seen(1, 0), seen(1, 9)), List.of()));
    }

    /** Boxes that jitter, vanish at times, and are joined by mistakes. */
    @Test void aNoisyDetectorIsFollowed() {
        var random = new Random(5);
        var score = new TrackingScore();
        var tracker = new Tracker(Tracker.Config.DEFAULT);
        for (int i = 0; i < 200; i++) {
            var truth = new ArrayList<TrackingScore.Seen>();
            var found = new ArrayList<ScoredBox>();
            for (int thing = 0; thing < 5; thing++) {
                double x = 150 + 120 * Math.sin(0.03 * i + 2 * thing), y = 60 * thing + 10 * Math.cos(0.05 * i);
                truth.add(new TrackingScore.Seen(thing, Box.ofSize(x, y, 30, 40)));
                if (random.nextInt(12) == 0) continue;
                double score1 = random.nextInt(6) == 0 ? 0.3 : 0.9;
                found.add(new ScoredBox(Box.ofSize(x + random.nextGaussian(), y + random.nextGaussian(), 30, 40), 0,
                        score1));
            }
            if (random.nextInt(4) == 0) found.add(box(random.nextInt(300), random.nextInt(300), 0.6));
            score.update(truth, tracker.next(found).stream()
                    .map(track -> new TrackingScore.Seen(track.id(), track.seen().box())).toList());
        }
        assertTrue(score.mota() > 0.85 && score.idf1() > 0.9 && score.switches() <= 5, score.toString());
    }
}
