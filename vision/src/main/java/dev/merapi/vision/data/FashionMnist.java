package dev.merapi.vision.data;

import dev.merapi.io.Download;
import dev.merapi.vision.Normalize;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Zalando's pictures of clothes: 60,000 to train and 10,000 to test, gray, 28 by 28, ten classes (Xiao et al. 2017,
 * arXiv:1708.07747; MIT licence). A subset comes with the library.
 */
public final class FashionMnist {
    public static final List<String> CLASSES = List.of("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
            "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot");

    private static final String SITE = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/";
    private static final Map<String, String> SUMS = Map.of(
            "train-images-idx3-ubyte", "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            "train-labels-idx1-ubyte", "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
            "t10k-images-idx3-ubyte", "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            "t10k-labels-idx1-ubyte", "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34");

    private FashionMnist() {}

    /** 10,000 training and 2,000 test images, equally many of each class, from the class path. */
    public static ImageData subset() {
        return ImageData.of(CLASSES, Normalize.FASHION_MNIST,
                IdxFiles.resource("fashion-mnist", true), IdxFiles.resource("fashion-mnist", false));
    }

    /** The full set from the cache folder, downloaded once. */
    public static ImageData full() { return full(Download.cache("fashion-mnist")); }

    /**
     * The full set from a folder of IDX files, raw or gzipped; what is missing is downloaded into it.
     *
     * @throws IllegalStateException if a file is missing and cannot be downloaded
     * @throws IllegalArgumentException if a file is damaged
     */
    public static ImageData full(Path folder) {
        return ImageData.of(CLASSES, Normalize.FASHION_MNIST,
                IdxFiles.read(folder, true, SITE, SUMS), IdxFiles.read(folder, false, SITE, SUMS));
    }
}
