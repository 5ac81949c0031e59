package dev.merapi.vision.data;

import dev.merapi.io.Download;
import dev.merapi.vision.Normalize;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Handwritten digits: 60,000 to train and 10,000 to test, gray, 28 by 28 (LeCun, Cortes and Burges 1998,
 * <a href="http://yann.lecun.com/exdb/mnist/">yann.lecun.com/exdb/mnist</a>).
 */
public final class Mnist {
    public static final List<String> CLASSES = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

    private static final String SITE = "https://ossci-datasets.s3.amazonaws.com/mnist/";
    private static final Map<String, String> SUMS = Map.of(
            "train-images-idx3-ubyte", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            "train-labels-idx1-ubyte", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            "t10k-images-idx3-ubyte", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            "t10k-labels-idx1-ubyte", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2");

    private Mnist() {}

    /** The set from the cache folder, downloaded once. */
    public static ImageData full() { return full(Download.cache("mnist")); }

    /**
     * The set from a folder of IDX files, raw or gzipped; what is missing is downloaded into it.
     *
     * @throws IllegalStateException if a file is missing and cannot be downloaded
     * @throws IllegalArgumentException if a file is damaged
     */
    public static ImageData full(Path folder) {
        return ImageData.of(CLASSES, Normalize.MNIST,
                IdxFiles.read(folder, true, SITE, SUMS), IdxFiles.read(folder, false, SITE, SUMS));
    }
}
