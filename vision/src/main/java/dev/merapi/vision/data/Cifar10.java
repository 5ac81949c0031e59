package dev.merapi.vision.data;

import dev.merapi.data.Dataset;
import dev.merapi.io.Download;
import dev.merapi.io.FileErrors;
import dev.merapi.io.Remote;
import dev.merapi.io.Tar;
import dev.merapi.vision.Image;
import dev.merapi.vision.LabeledImage;
import dev.merapi.vision.Normalize;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Small photos: 50,000 to train and 10,000 to test, RGB, 32 by 32, ten classes (Krizhevsky 2009, "Learning Multiple
 * Layers of Features from Tiny Images"). The binary version: records of 3,073 bytes, the label and then the red, green
 * and blue planes (<a href="https://www.cs.toronto.edu/~kriz/cifar.html">cs.toronto.edu/~kriz/cifar</a>).
 */
public final class Cifar10 {
    public static final List<String> CLASSES = List.of("airplane", "automobile", "bird", "cat", "deer", "dog", "frog",
            "horse", "ship", "truck");

    private static final Remote ARCHIVE = Remote.sha256(
            URI.create("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"),
            "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd");
    private static final int SIDE = 32;
    private static final int PLANE = SIDE * SIDE;
    private static final int RECORD = 1 + 3 * PLANE;

    private Cifar10() {}

    /** The set from the cache folder, downloaded once. */
    public static ImageData full() { return full(Download.cache("cifar-10")); }

    /**
     * The set from a folder that holds {@code data_batch_*.bin} and {@code test_batch.bin}, or the archive
     * {@code cifar-10-binary.tar.gz}; with neither, the archive is downloaded into it.
     *
     * @throws IllegalStateException if the archive is missing and cannot be downloaded
     * @throws IllegalArgumentException if a file is damaged
     */
    public static ImageData full(Path folder) {
        return full(Files.exists(folder.resolve("test_batch.bin")) ? folder : unpacked(folder), 5);
    }

    static ImageData full(Path folder, int trainFiles) {
        var train = new ArrayList<Path>();
        for (int i = 1; i <= trainFiles; i++) train.add(folder.resolve("data_batch_" + i + ".bin"));
        return ImageData.of(CLASSES, Normalize.CIFAR10,
                read(train), read(List.of(folder.resolve("test_batch.bin"))));
    }

    private static Path unpacked(Path folder) {
        Path target = folder.resolve("cifar-10-batches-bin");
        if (!Files.exists(target)) Tar.unpack(Download.fetch(ARCHIVE, folder), target);
        return target;
    }

    private static Dataset<LabeledImage> read(List<Path> files) {
        var images = new ArrayList<LabeledImage>();
        for (Path file : files) {
            byte[] bytes = bytes(file);
            for (int start = 0; start < bytes.length; start += RECORD) {
                if (bytes[start] < 0 || bytes[start] >= CLASSES.size()) {
                    throw new IllegalArgumentException(file + ": expected labels below 10. Received "
                            + (bytes[start] & 0xFF) + " in record " + start / RECORD + "; is it CIFAR-10's binary"
                            + " version?");
                }
                images.add(new LabeledImage(image(bytes, start + 1), bytes[start]));
            }
        }
        return Dataset.of(images);
    }

    private static byte[] bytes(Path file) {
        try {
            long size = Files.size(file);
            if (size == 0 || size % RECORD != 0 || size > Integer.MAX_VALUE - 8) {
                throw new IllegalArgumentException(file + ": expected records of 3,073 bytes, a label and 3 planes of"
                        + " 32x32. Received " + size + " bytes; the file is cut off, or not CIFAR-10's binary"
                        + " version.");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
    }

    /** Planes to pixels. */
    private static Image image(byte[] bytes, int start) {
        var pixels = new byte[3 * PLANE];
        for (int i = 0; i < PLANE; i++) {
            for (int c = 0; c < 3; c++) pixels[3 * i + c] = bytes[start + c * PLANE + i];
        }
        return new Image(SIDE, SIDE, 3, pixels);
    }
}
