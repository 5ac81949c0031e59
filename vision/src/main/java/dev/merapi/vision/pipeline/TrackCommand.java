package dev.merapi.vision.pipeline;

import dev.merapi.recipe.Command;
import dev.merapi.recipe.Describe;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.vision.track.Tracker;
import dev.merapi.vision.video.Video;
import dev.merapi.vision.video.VideoWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code merapi track}: follows things through videos, and draws frames around them. */
public final class TrackCommand implements Command<TrackCommand.Config> {
    private static final double USUAL_RATE = 25; // where a file tells none

    /** Settings. */
    public record Config(
            @Describe("folder of the annotated videos") String out,
            @Describe("score from which a box may begin a track, 0 to 1") double sure,
            @Describe("score from which a box may go on with one, 0 to 1") double unsure,
            @Describe("pictures for which a thing that is not seen is remembered") int memory) {
        public Config { tracker(sure, unsure, memory); } // its checks

        private static Tracker.Config tracker(double sure, double unsure, int memory) {
            var usual = Tracker.Config.DEFAULT;
            return new Tracker.Config(sure, unsure, usual.overlap(), usual.unsureOverlap(), memory);
        }

        Tracker.Config tracker() { return tracker(sure, unsure, memory); }
    }

    /** For programs: a picture of a video. */
    private record Picture(double seconds, List<TrackedFrame.Thing> things) {}

    /** For programs. */
    private record Followed(String video, List<Picture> pictures) {
        long things() {
            return pictures.stream().flatMap(picture -> picture.things().stream()).mapToInt(TrackedFrame.Thing::id)
                    .distinct().count();
        }
    }

    @Override public String name() { return "track"; }

    @Override public String description() { return "Follow things through videos, and draw frames around them."; }

    @Override public String arguments() { return "<run> <video>..."; }

    @Override public Config defaults() {
        var usual = Tracker.Config.DEFAULT;
        return new Config(".", usual.sure(), usual.unsure(), usual.memory());
    }

    @Override public void run(List<String> arguments, Config settings, Device device, Answers out) {
        Expect.that(arguments.size() > 1, "track", "a run and at least one video", arguments);
        try (var detector = ObjectDetector.open(Path.of(arguments.getFirst()), device)) {
            var tracker = new ObjectTracker(detector, settings.tracker());
            var names = new Annotated(settings.out);
            for (String file : arguments.subList(1, arguments.size())) {
                out.answer(file, () -> answer(tracker, file, names));
            }
        }
    }

    private static Answer answer(ObjectTracker tracker, String file, Annotated names) {
        Path drawn = names.file(file, "tracked", ".mp4");
        var pictures = new ArrayList<Picture>();
        try (var video = Video.open(Path.of(file));
                var out = VideoWriter.create(drawn, video.width(), video.height(), rate(video))) {
            tracker.follow(video, tracked -> {
                out.write(ObjectTracker.draw(tracked));
                pictures.add(new Picture(tracked.frame().seconds(), tracked.things()));
            });
            out.finish();
        }
        var followed = new Followed(drawn.toString(), pictures);
        return new Answer("%d things in %d pictures (%s)".formatted(followed.things(), pictures.size(), drawn),
                followed);
    }

    private static double rate(Video video) {
        return video.framesPerSecond() > 0 ? video.framesPerSecond() : USUAL_RATE;
    }
}
