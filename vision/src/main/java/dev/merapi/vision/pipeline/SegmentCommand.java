package dev.merapi.vision.pipeline;

import dev.merapi.recipe.Command;
import dev.merapi.recipe.Describe;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.vision.Image;
import java.nio.file.Path;
import java.util.List;

/** {@code merapi segment}: tells what each pixel of pictures shows, as masks, and colours the pictures by it. */
public final class SegmentCommand implements Command<SegmentCommand.Config> {
    /** Settings. */
    public record Config(
            @Describe("folder of the masks and the coloured pictures") String out,
            @Describe("whether mirror images are looked at too, in twice the time") boolean mirrored) {}

    /** For programs. */
    private record Found(List<Segmentation.Share> shares, String mask, String picture) {}

    @Override public String name() { return "segment"; }

    @Override public String description() { return "Tell what each pixel of pictures shows, as masks and in colours."; }

    @Override public String arguments() { return "<run> <picture>..."; }

    @Override public Config defaults() { return new Config(".", false); }

    @Override public void run(List<String> arguments, Config settings, Device device, Answers out) {
        Expect.that(arguments.size() > 1, "segment", "a run and at least one picture", arguments);
        try (var opened = Segmenter.open(Path.of(arguments.getFirst()), device)) {
            var segmenter = settings.mirrored ? opened.mirrored() : opened;
            var names = new Annotated(settings.out);
            for (String file : arguments.subList(1, arguments.size())) {
                out.answer(file, () -> answer(segmenter, file, names));
            }
        }
    }

    private static Answer answer(Segmenter segmenter, String file, Annotated names) {
        Image image = segmenter.parse(file);
        var found = segmenter.predict(image);
        Path mask = names.file(file, "mask", ".png");
        Path drawn = names.file(file, "segmented", ".jpg");
        found.mask().write(mask);
        segmenter.draw(image, found).write(drawn);
        return new Answer(found + " (" + mask + ", " + drawn + ")",
                new Found(found.shares(), mask.toString(), drawn.toString()));
    }
}
