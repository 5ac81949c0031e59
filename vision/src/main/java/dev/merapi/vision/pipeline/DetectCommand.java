package dev.merapi.vision.pipeline;

import dev.merapi.recipe.Command;
import dev.merapi.recipe.Describe;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.vision.Image;
import dev.merapi.vision.detect.Selection;
import java.nio.file.Path;
import java.util.List;

/** {@code merapi detect}: finds things in pictures, and draws frames around them. */
public final class DetectCommand implements Command<DetectCommand.Config> {
    /** Settings. */
    public record Config(
            @Describe("folder of the annotated pictures") String out,
            @Describe("of what is shown, 0 to 1") double minScore,
            @Describe("of boxes of one class, 0 to 1") double maxOverlap,
            @Describe("boxes in a picture, at most") int most,
            @Describe("whether mirror images are looked at too: finds more, in twice the time") boolean mirrored) {
        public Config { new Selection(minScore, maxOverlap, most); } // its checks

        Selection selection() { return new Selection(minScore, maxOverlap, most); }
    }

    /** For programs. */
    private record Found(List<Detection> boxes, String picture) {}

    @Override public String name() { return "detect"; }

    @Override public String description() { return "Find things in pictures, and draw frames around them."; }

    @Override public String arguments() { return "<run> <picture>..."; }

    @Override public Config defaults() {
        var usual = Selection.SHOWN;
        return new Config(".", usual.minScore(), usual.maxOverlap(), usual.most(), false);
    }

    @Override public void run(List<String> arguments, Config settings, Device device, Answers out) {
        Expect.that(arguments.size() > 1, "detect", "a run and at least one picture", arguments);
        try (var opened = ObjectDetector.open(Path.of(arguments.getFirst()), device)) {
            var chosen = opened.selection(settings.selection());
            var detector = settings.mirrored ? chosen.mirrored() : chosen;
            var names = new Annotated(settings.out);
            for (String file : arguments.subList(1, arguments.size())) {
                out.answer(file, () -> answer(detector, file, names));
            }
        }
    }

    private static Answer answer(ObjectDetector detector, String file, Annotated names) {
        Image image = detector.parse(file);
        var found = detector.predict(image);
        Path drawn = names.file(file, "detected", ".jpg");
        detector.draw(image, found).write(drawn);
        return new Answer(found + " (" + drawn + ")", new Found(found.all(), drawn.toString()));
    }
}
