package dev.merapi.vision.track;

import dev.merapi.tensor.Expect;
import dev.merapi.vision.detect.ScoredBox;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Follows things from picture to picture by where a detector sees them: those that it is sure of first, then, for
 * things that were followed before, also those that it is unsure of, as when they are half hidden (Zhang et al. 2022,
 * "ByteTrack: Multi-Object Tracking by Associating Every Detection Box", arXiv:2110.06864).
 *
 * <pre>{@code
 * var tracker = new Tracker(Tracker.Config.DEFAULT);
 * for (List<ScoredBox> found : pictures) {
 *     for (Track track : tracker.next(found)) IO.println(track.id() + " " + track.seen().box());
 * }
 * }</pre>
 *
 * <p>One tracker is for one video, on one thread.
 */
public final class Tracker {
    /**
     * Settings; the scores are from 0 to 1.
     *
     * @param sure score from which a box may begin a track
     * @param unsure score from which a box may go on with one
     * @param overlap with where a track is expected, that a sure box has to have (intersection over union)
     * @param unsureOverlap that an unsure box has to have
     * @param memory pictures for which a thing that is not seen is remembered
     */
    public record Config(double sure, double unsure, double overlap, double unsureOverlap, int memory) {
        /** The paper's, for a detector whose scores are those of the paper's. */
        public static final Config DEFAULT = new Config(0.5, 0.1, 0.2, 0.5, 30);

        public Config {
            Expect.that(unsure >= 0 && unsure <= sure && sure <= 1, "Tracker.Config", "0 <= unsure <= sure <= 1",
                    "unsure " + unsure + " and sure " + sure);
            Expect.that(overlap > 0 && overlap <= 1 && unsureOverlap > 0 && unsureOverlap <= 1, "Tracker.Config",
                    "overlaps above 0, up to 1", overlap + " and " + unsureOverlap);
            Expect.atLeast("Tracker.Config.memory", 0, memory);
        }
    }

    private static final double NEW_OVERLAP = 0.3; // of one that was seen once

    private final Config config;
    private final List<Followed> followed = new ArrayList<>();
    private int pictures;
    private int ids;

    /** A thing. */
    private static final class Followed {
        final Motion motion;
        ScoredBox seen;
        int lastSeen; // number of a picture
        boolean twice;
        int id; // 0 until it was seen twice, for one box may be a mistake

        Followed(ScoredBox box, int picture) {
            motion = new Motion(box.box());
            seen = box;
            lastSeen = picture;
        }

        void see(ScoredBox box, int picture) {
            motion.see(box.box());
            seen = box;
            lastSeen = picture;
            twice = true;
        }
    }

    /** A tracker that has seen nothing. */
    public Tracker(Config config) { this.config = config; }

    /**
     * Goes on to the next picture.
     *
     * @param found all that a detector sees in it, also what it is unsure of
     * @return the things that are followed and seen in it, by their numbers
     */
    public List<Track> next(List<ScoredBox> found) {
        pictures++;
        for (Followed one : followed) {
            if (one.lastSeen < pictures - 1) one.motion.keepHeight();
            one.motion.step();
        }
        var boxes = found.stream().filter(box -> box.box().area() > 0).toList();
        var sure = boxes.stream().filter(box -> box.score() >= config.sure).collect(Collectors.toList());
        var unsure = boxes.stream().filter(box -> box.score() < config.sure && box.score() >= config.unsure)
                .collect(Collectors.toList());
        match(followed.stream().filter(one -> one.id > 0).toList(), sure, config.overlap);
        match(unseen().stream().filter(one -> one.id > 0 && one.lastSeen == pictures - 1).toList(), unsure,
                config.unsureOverlap);
        match(unseen().stream().filter(one -> one.id == 0).toList(), sure, NEW_OVERLAP);
        followed.removeIf(one -> one.lastSeen < pictures && (one.id == 0 || pictures - one.lastSeen > config.memory));
        sure.forEach(box -> followed.add(new Followed(box, pictures)));
        return tracks();
    }

    private List<Followed> unseen() { return followed.stream().filter(one -> one.lastSeen < pictures).toList(); }

    /** Gives boxes to the things that they fit best, and takes them away. */
    private void match(List<Followed> things, List<ScoredBox> boxes, double overlap) {
        var pairs = Assignment.of(things, boxes, (thing, box) -> {
            if (thing.seen.label() != box.label()) return 0;
            double shared = thing.motion.box().iou(box.box());
            return shared >= overlap ? shared : 0;
        });
        var taken = new ArrayList<ScoredBox>();
        for (var pair : pairs) {
            ScoredBox box = boxes.get(pair.second());
            things.get(pair.first()).see(box, pictures);
            taken.add(box);
        }
        boxes.removeIf(box -> taken.stream().anyMatch(other -> other == box));
    }

    /** What is in the first picture is believed at once. */
    private List<Track> tracks() {
        var tracks = new ArrayList<Track>();
        for (Followed one : followed) {
            if (one.lastSeen < pictures) continue;
            if (!one.twice && pictures > 1) continue;
            if (one.id == 0) one.id = ++ids;
            tracks.add(new Track(one.id, one.seen));
        }
        tracks.sort(Comparator.comparingInt(Track::id));
        return tracks;
    }
}
