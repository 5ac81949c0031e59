package dev.merapi.vision.data;

import dev.merapi.data.Dataset;
import dev.merapi.io.Download;
import dev.merapi.io.Remote;
import dev.merapi.vision.LabeledImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The four files that MNIST and its relatives come in, raw or gzipped. */
final class IdxFiles {
    static final int CLASSES = 10;

    private IdxFiles() {}

    /** Training images and labels, or the test ones, from a folder; what is not there is fetched into it. */
    static Dataset<LabeledImage> read(Path folder, boolean train, String site, Map<String, String> sums) {
        Path images = file(folder, (train ? "train" : "t10k") + "-images-idx3-ubyte", site, sums);
        Path labels = file(folder, (train ? "train" : "t10k") + "-labels-idx1-ubyte", site, sums);
        return ImageSet.of(images.toString(), Idx.images(images), Idx.labels(labels), CLASSES);
    }

    private static Path file(Path folder, String name, String site, Map<String, String> sums) {
        Path raw = folder.resolve(name);
        if (Files.exists(raw)) return raw;
        return Download.fetch(Remote.unzippedSha256(URI.create(site + name + ".gz"), sums.get(name)), folder);
    }

    /** The same from the class path, beside this class. */
    static Dataset<LabeledImage> resource(String folder, boolean train) {
        String part = folder + (train ? "/train" : "/t10k");
        Idx images = resource(part + "-images-idx3-ubyte.gz", 3);
        Idx labels = resource(part + "-labels-idx1-ubyte.gz", 1);
        return ImageSet.of(part, Idx.images(images), labels.data(), CLASSES);
    }

    private static Idx resource(String name, int rank) {
        try (var in = IdxFiles.class.getResourceAsStream(name)) {
            if (in == null) throw new IllegalStateException(name + ": expected on the class path beside "
                    + IdxFiles.class.getName() + ". It is missing; is the jar complete?");
            byte[] file = in.readAllBytes();
            return Idx.read(new ByteArrayInputStream(file), file.length, name, rank);
        } catch (IOException e) {
            throw new UncheckedIOException(name + ": could not be read (" + e + ")", e);
        }
    }
}
