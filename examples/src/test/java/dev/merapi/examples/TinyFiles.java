package dev.merapi.examples;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Small data sets in the true formats. An image is noise, with a bright square whose place tells its class of ten. */
final class TinyFiles {
    private static final int TRAIN = 200;
    private static final int TEST = 50;

    private TinyFiles() {}

    /** The four IDX files of MNIST and Fashion-MNIST. */
    static Path mnist(Path folder) throws IOException {
        idx(folder, "train", TRAIN);
        idx(folder, "t10k", TEST);
        return folder;
    }

    private static void idx(Path folder, String part, int count) throws IOException {
        var random = new Random(count);
        var images = ByteBuffer.allocate(16 + count * 28 * 28).putInt(0x803).putInt(count).putInt(28).putInt(28);
        var labels = ByteBuffer.allocate(8 + count).putInt(0x801).putInt(count);
        for (int i = 0; i < count; i++) {
            images.put(plane(28, i % 10, random));
            labels.put((byte) (i % 10));
        }
        Files.write(folder.resolve(part + "-images-idx3-ubyte"), images.array());
        Files.write(folder.resolve(part + "-labels-idx1-ubyte"), labels.array());
    }

    /** The six files of CIFAR-10's binary version. */
    static Path cifar(Path folder) throws IOException {
        var random = new Random(1);
        for (int i = 1; i <= 5; i++) {
            Files.write(folder.resolve("data_batch_" + i + ".bin"), records(TRAIN / 5, random));
        }
        Files.write(folder.resolve("test_batch.bin"), records(TEST, random));
        return folder;
    }

    private static byte[] records(int count, Random random) {
        var bytes = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            bytes.write(i % 10);
            for (int channel = 0; channel < 3; channel++) bytes.writeBytes(plane(32, i % 10, random));
        }
        return bytes.toByteArray();
    }

    private static byte[] plane(int side, int label, Random random) {
        var plane = new byte[side * side];
        for (int i = 0; i < plane.length; i++) plane[i] = (byte) random.nextInt(100);
        int top = 6 + 12 * (label / 5);
        int left = 1 + 5 * (label % 5);
        for (int y = top; y < top + 5; y++) {
            for (int x = left; x < left + 5; x++) plane[y * side + x] = (byte) (200 + random.nextInt(50));
        }
        return plane;
    }
}
