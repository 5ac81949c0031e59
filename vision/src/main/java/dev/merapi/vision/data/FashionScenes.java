package dev.merapi.vision.data;

import dev.merapi.data.Dataset;
import dev.merapi.vision.Image;
import dev.merapi.vision.LabeledImage;
import dev.merapi.vision.Scene;
import dev.merapi.vision.data.CutPaste.CutOut;
import dev.merapi.vision.transform.Resize;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Composed scenes to try detection and segmentation on, without any download: one to five pieces of Fashion-MNIST's
 * clothes, from the jar, on coloured and much enlarged parts of others. 1,600 scenes to train on, new ones in each
 * epoch, and 200 to test on; of neither clothes nor backgrounds do the two share any. What is learnt from them is of no
 * use for photos.
 */
public final class FashionScenes {
    private static final int TRAIN = 1600;
    private static final int TEST = 200;
    private static final int BACKGROUNDS = 60;

    private FashionScenes() {}

    /** Boxes in pictures of a size, of Fashion-MNIST's ten classes. */
    public static SceneData of(int size) { return of(size, FashionMnist.CLASSES); }

    /** Masks of pictures of a size, of Fashion-MNIST's ten classes and, as class 0, the background. */
    public static SceneData masks(int size) {
        var classes = new ArrayList<>(FashionMnist.CLASSES);
        classes.addFirst("background");
        return of(size, classes);
    }

    private static SceneData of(int size, List<String> classes) {
        var clothes = FashionMnist.subset();
        var config = new CutPaste.Config(size, size, 5, 0.2, 0.5, 0.2);
        return new SceneData(classes, scenes(clothes.train(), config, TRAIN), scenes(clothes.test(), config, TEST),
                List.of());
    }

    private static Dataset<Scene> scenes(Dataset<LabeledImage> clothes, CutPaste.Config config,
            int count) {
        var things = IntStream.range(BACKGROUNDS, clothes.size()).mapToObj(clothes::get)
                .map(piece -> CutOut.onBlack(piece.image(), piece.label())).toList();
        var random = new SplittableRandom(count);
        var backgrounds = IntStream.range(0, BACKGROUNDS).mapToObj(clothes::get)
                .map(piece -> coloured(new Resize(2 * config.height(), 2 * config.width()).apply(piece.image(), random),
                        random)).toList();
        return new CutPaste(things, backgrounds, config, count, 0);
    }

    /** From one colour, where it is black, to another. */
    private static Image coloured(Image gray, SplittableRandom random) {
        int[] from = random.ints(3, 0, 256).toArray();
        int[] to = random.ints(3, 0, 256).toArray();
        var image = new Image(gray.height(), gray.width(), 3);
        for (int i = 0; i < image.pixels().length; i++) {
            int value = gray.pixels()[i / 3] & 0xFF;
            image.pixels()[i] = (byte) ((value * to[i % 3] + (255 - value) * from[i % 3]) / 255);
        }
        return image;
    }
}
