package dev.merapi.vision.recipe;

import dev.merapi.vision.Image;
import dev.merapi.vision.data.Coco;
import dev.merapi.vision.data.CutPaste;
import dev.merapi.vision.data.CutPaste.CutOut;
import dev.merapi.vision.data.FashionMnist;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/**
 * Composed scenes: Fashion-MNIST's clothes, cut out, on parts of photos. To train on are the clothes of its training
 * set and all photos but four, to test on are those of its test set and these four. Boxes as COCO has them, and masks.
 *
 * <p>The ten classes are joined to five kinds: whether something of 28 by 28 pixels is a shirt or a T-shirt is another
 * question than whether it is found.
 */
final class ClothesOnPhotos {
    static final int SIDE = 96;
    static final List<String> KINDS = List.of("top", "trousers", "dress", "shoe", "bag");
    private static final int[] KIND = {0, 1, 0, 2, 0, 3, 0, 3, 4, 3}; // of each of Fashion-MNIST's classes
    private static final Set<String> TEST = Set.of("camera.png", "coffee.png", "gravel.png", "horses.jpg");

    private ClothesOnPhotos() {}

    /** Writes a folder, unless it is there. */
    static Path write(Path photos, Path folder, int train, int test) throws IOException {
        if (Files.exists(folder.resolve("classes.txt"))) return folder;
        var clothes = FashionMnist.subset();
        for (boolean training : new boolean[] {true, false}) {
            String part = training ? "train" : "val";
            var backgrounds = photos(photos, training);
            var pieces = training ? clothes.train() : clothes.test();
            var things = IntStream.range(0, pieces.size()).mapToObj(pieces::get)
                    .map(piece -> CutOut.onBlack(piece.image(), KIND[piece.label()])).toList();
            var config = new CutPaste.Config(SIDE, SIDE, 5, 0.25, 0.5, 0.2);
            var scenes = new CutPaste(things, backgrounds, config, training ? train : test, training ? 1 : 2_000_000);
            var coco = new Coco.Writer(KINDS);
            for (int i = 0; i < scenes.size(); i++) {
                var scene = scenes.get(i);
                png(scene.image().pixels(), BufferedImage.TYPE_3BYTE_BGR, folder.resolve("images/" + part), i);
                png(scene.mask().classes(), BufferedImage.TYPE_BYTE_GRAY, folder.resolve("masks/" + part), i);
                coco.add(i + ".png", SIDE, SIDE, scene.boxes());
            }
            coco.write(folder.resolve("annotations/instances_" + part + ".json"));
        }
        Files.writeString(folder.resolve("classes.txt"), "background\n" + String.join("\n", KINDS));
        return folder;
    }

    /** Thousands of files need not be forced to the disk, one after another, as the library's own are. */
    private static void png(byte[] samples, int type, Path folder, int number) throws IOException {
        var picture = new BufferedImage(SIDE, SIDE, type);
        picture.getRaster().setDataElements(0, 0, SIDE, SIDE, samples);
        Files.createDirectories(folder);
        ImageIO.write(picture, "png", folder.resolve(number + ".png").toFile());
    }

    private static List<Image> photos(Path folder, boolean training) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> TEST.contains(file.getFileName().toString()) != training).sorted()
                    .map(Image::read).toList();
        }
    }
}
