package dev.merapi.vision.pipeline;

import dev.merapi.recipe.Command;
import dev.merapi.recipe.Describe;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.vision.Image;
import dev.merapi.vision.data.PictureFiles;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code merapi similar}: the pictures of a folder that are most like one. */
public final class SimilarCommand implements Command<SimilarCommand.Config> {
    private static final int BATCH = 64; // pictures that are in memory together

    /** Settings. */
    public record Config(@Describe("pictures for each, at most") int top) {
        public Config { Expect.atLeast("top", 1, top); }
    }

    /** One of the folder's. */
    private record Similar(String picture, double cosine) {
        @Override public String toString() { return "%s %.3f".formatted(picture, cosine); }
    }

    @Override public String name() { return "similar"; }

    @Override public String description() { return "Find the pictures of a folder that are most like others."; }

    @Override public String arguments() { return "<run> <picture>... <folder>"; }

    @Override public Config defaults() { return new Config(5); }

    @Override public void run(List<String> arguments, Config settings, Device device, Answers out) {
        Expect.that(arguments.size() > 2, "similar", "a run, at least one picture, and a folder of pictures",
                arguments);
        Path folder = Path.of(arguments.getLast());
        Expect.that(Files.isDirectory(folder), "similar", "a folder of pictures at the end", folder);
        try (var embedder = ImageEmbedder.open(Path.of(arguments.getFirst()), device)) {
            var known = vectors(embedder, folder, out);
            for (String file : arguments.subList(1, arguments.size() - 1)) {
                out.answer(file, () -> answer(embedder, file, known, settings.top));
            }
        }
    }

    /** Those that cannot be read are said, and left out. */
    private static Map<Path, float[]> vectors(ImageEmbedder embedder, Path folder, Answers out) {
        var vectors = new LinkedHashMap<Path, float[]>();
        var files = new ArrayList<Path>();
        var images = new ArrayList<Image>();
        var below = PictureFiles.below(folder);
        for (Path file : below) {
            try {
                images.add(Image.read(file));
                files.add(file);
            } catch (IllegalArgumentException | UncheckedIOException e) {
                out.failed(file.toString(), e);
            }
            if (images.size() < BATCH && !file.equals(below.getLast())) continue;
            var some = embedder.predict(images);
            for (int i = 0; i < some.size(); i++) vectors.put(files.get(i), some.get(i));
            files.clear();
            images.clear();
        }
        Expect.that(!vectors.isEmpty(), "similar", "pictures in " + folder, "none");
        return vectors;
    }

    private static Answer answer(ImageEmbedder embedder, String file, Map<Path, float[]> known, int top) {
        float[] vector = embedder.predict(embedder.parse(file));
        Path self = Path.of(file).toAbsolutePath().normalize();
        var best = known.entrySet().stream().filter(other -> !other.getKey().toAbsolutePath().normalize().equals(self))
                .map(other -> new Similar(other.getKey().toString(), ImageEmbedder.cosine(vector, other.getValue())))
                .sorted(Comparator.comparingDouble(one -> -one.cosine)).limit(top).toList();
        return new Answer(best.stream().map(Similar::toString).collect(Collectors.joining(", ")), best);
    }
}
