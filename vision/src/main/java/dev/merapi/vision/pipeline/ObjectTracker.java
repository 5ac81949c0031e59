package dev.merapi.vision.pipeline;

import dev.merapi.vision.Drawing;
import dev.merapi.vision.Image;
import dev.merapi.vision.detect.ScoredBox;
import dev.merapi.vision.detect.Selection;
import dev.merapi.vision.track.Track;
import dev.merapi.vision.track.Tracker;
import dev.merapi.vision.video.Video;
import dev.merapi.vision.video.VideoFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Gatherers;
import java.util.stream.StreamSupport;

/**
 * Follows the things that a detector finds, through videos.
 *
 * <pre>{@code
 * try (var detector = ObjectDetector.open(Path.of("runs/street"));
 *         var video = Video.open(Path.of("street.mp4"))) {
 *     new ObjectTracker(detector, Tracker.Config.DEFAULT).follow(video, tracked -> IO.println(tracked.things()));
 * }
 * }</pre>
 */
public final class ObjectTracker {
    private static final int TOGETHER = 8; // pictures that are looked at at once

    private final ObjectDetector detector;
    private final Tracker.Config config;

    /** The detector stays the caller's. */
    public ObjectTracker(ObjectDetector detector, Tracker.Config config) {
        var usual = Selection.SHOWN;
        this.detector = detector.selection(new Selection(config.unsure(), usual.maxOverlap(), usual.most()));
        this.config = config;
    }

    /** Hands over each picture from where a video is, in order; throws as {@link Video#iterator}. */
    public void follow(Video video, Consumer<TrackedFrame> receiver) {
        var tracker = new Tracker(config);
        StreamSupport.stream(video.spliterator(), false).gather(Gatherers.windowFixed(TOGETHER)).forEach(frames -> {
            var found = detector.predict(frames.stream().map(VideoFrame::image).toList());
            for (int i = 0; i < frames.size(); i++) {
                receiver.accept(new TrackedFrame(frames.get(i), things(tracker.next(boxes(found.get(i))))));
            }
        });
    }

    private List<ScoredBox> boxes(Detections found) {
        var boxes = new ArrayList<ScoredBox>();
        for (var one : found.all()) {
            boxes.add(new ScoredBox(one.box(), detector.labels().indexOf(one.label()), one.score()));
        }
        return boxes;
    }

    private List<TrackedFrame.Thing> things(List<Track> tracks) {
        return tracks.stream().map(track -> new TrackedFrame.Thing(track.id(), new Detection(
                detector.labels().get(track.seen().label()), track.seen().score(), track.seen().box()))).toList();
    }

    /** A copy of a picture with a frame around each thing, in a colour of its own. */
    public static Image draw(TrackedFrame tracked) {
        var drawing = new Drawing(tracked.frame().image());
        for (var thing : tracked.things()) {
            drawing.box(thing.detection().box(), thing.detection().label() + " " + thing.id(), thing.id());
        }
        return drawing.image();
    }
}
