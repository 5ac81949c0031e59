package dev.merapi.vision.data;

import dev.merapi.data.Dataset;
import dev.merapi.vision.Image;
import dev.merapi.vision.LabeledImage;
import dev.merapi.vision.Normalize;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ImageFolderTest {
    @TempDir Path root;

    @BeforeEach void write() throws IOException {
        picture("rose/b.PNG", 0xFF0000, BufferedImage.TYPE_INT_RGB);
        picture("rose/a.png", 0x00FF00, BufferedImage.TYPE_INT_RGB);
        picture("daisy/garden/deep/c.jpg", 0x808080, BufferedImage.TYPE_BYTE_GRAY);
        Files.writeString(root.resolve("rose/readme.txt"), "not an image");
        Files.writeString(root.resolve("rose/.hidden.png"), "not an image");
        Files.createDirectories(root.resolve(".git"));
    }

    @Test void classesAndFilesAreSorted() {
        var data = new ImageFolder(root);
        assertEquals(List.of("daisy", "rose"), data.classes());
        assertEquals(3, data.size());
        assertEquals(root.resolve("daisy/garden/deep/c.jpg"), data.file(0));
        assertEquals(root.resolve("rose/a.png"), data.file(1));
        assertEquals(root.resolve("rose/b.PNG"), data.file(2));
        assertEquals(1, data.get(2).label());
        assertEquals(List.of(255, 0, 0), rgb(data.get(2).image()));
        assertSame(data.get(2).image(), data.get(2).image(), "kept after decoding");
    }

    @Test void grayBecomesRgbWithItsStoredValues() throws IOException {
        var gray = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
        gray.getRaster().setSample(0, 0, 0, 60);
        gray.getRaster().setSample(1, 0, 0, 200);
        ImageIO.write(gray, "png", root.resolve("gray.png").toFile());
        Image image = Image.read(root.resolve("gray.png"));
        assertEquals(List.of(60, 60, 60), rgb(image));
        assertEquals(200, image.at(0, 1, 2));
    }

    @Test void damagedImagesAreNamed() throws IOException {
        Path cut = root.resolve("rose/a.png");
        byte[] bytes = Files.readAllBytes(cut);
        Files.write(cut, Arrays.copyOf(bytes, 45));
        var data = new ImageFolder(root);
        var error = assertThrows(IllegalArgumentException.class, () -> data.get(1));
        assertTrue(error.getMessage().startsWith(cut + ": expected an image. Received a damaged or unsupported one of"
                + " 45 bytes"), error.getMessage());
        Files.writeString(cut, "<html>");
        assertEquals(cut + ": expected a JPEG, PNG, GIF, BMP, TIFF or WebP image. Received 6 bytes of something else;"
                + " replace or remove it.",
                assertThrows(IllegalArgumentException.class, () -> data.get(1)).getMessage());
    }

    @Test void emptyFoldersAreNamed() throws IOException {
        Path empty = Files.createDirectory(root.resolve("tulip"));
        assertEquals(empty + ": expected images (bmp, gif, jpeg, jpg, png, tif, tiff, webp). Received none; add some,"
                + " or remove the folder.",
                assertThrows(IllegalArgumentException.class, () -> new ImageFolder(root)).getMessage());
        assertEquals(empty + ": expected a folder for each class, with images in it. Received none.",
                assertThrows(IllegalArgumentException.class, () -> new ImageFolder(empty)).getMessage());
    }

    @Test void theTestSetHasTheTrainingSetsClasses() throws IOException {
        var data = new ImageFolder(root, List.of("ant", "daisy", "rose"));
        assertEquals(1, data.get(0).label());
        assertEquals(root.resolve("rose") + ": expected a folder named as one of the classes [daisy, lily]. Received"
                + " rose", assertThrows(IllegalArgumentException.class,
                () -> new ImageFolder(root, List.of("daisy", "lily"))).getMessage());
    }

    @Test void oneClassAloneIsAllowed() throws IOException {
        picture("one/train/only/x.png", 0, BufferedImage.TYPE_INT_RGB);
        picture("one/test/only/y.png", 0, BufferedImage.TYPE_INT_RGB);
        var data = ImageFolder.split(root.resolve("one"), Normalize.RGB);
        assertEquals(List.of("only"), data.classes());
        try (var test = data.test(8); var batches = test.iterator()) {
            var batch = batches.next();
            assertEquals("float32 (1, 3, 4, 5) cpu", batch.x().describe());
            assertEquals(0, batch.y().itemLong());
        }
    }

    @Test void aFlatFolderIsDividedByNamesAndSeed() throws IOException {
        for (int i = 0; i < 10; i++) {
            picture("flat/a/%d.png".formatted(i), i, BufferedImage.TYPE_INT_RGB);
            if (i < 4) picture("flat/b/x/%d.png".formatted(i), 10 + i, BufferedImage.TYPE_INT_RGB);
        }
        picture("flat/c/one.png", 20, BufferedImage.TYPE_INT_RGB);
        Path flat = root.resolve("flat");
        var data = ImageFolder.split(flat, Normalize.RGB, 0.2, 5);
        assertEquals(List.of("a", "b", "c"), data.classes());
        // by Python's hashlib.md5(f"5 a/{i}.png".encode()) as a UUID of version 3, whose halves are signed numbers
        assertEquals(Set.of(4, 6, 12), colours(data.test()));
        assertEquals(15, data.train().size() + data.test().size());
        assertTrue(Collections.disjoint(colours(data.train()), colours(data.test())));
        assertEquals(Set.of(2, 4, 10), colours(ImageFolder.split(flat, Normalize.RGB, 0.2, 6).test()));
        assertEquals(1 + 1, ImageFolder.split(flat, Normalize.RGB, 0.01, 5).test().size());
        assertEquals(9 + 3, ImageFolder.split(flat, Normalize.RGB, 0.99, 5).test().size());
        Path moved = Files.move(flat, root.resolve("moved"));
        picture("moved/b/y.png", 30, BufferedImage.TYPE_INT_RGB);
        var more = colours(ImageFolder.split(moved, Normalize.RGB, 0.2, 5).test());
        more.remove(30);
        assertTrue(colours(data.test()).containsAll(more), "another file takes no one else's place: " + more);
    }

    /** All of it is measured on, not a fifth. */
    @Test void aTestPartAloneIsEnoughToMeasure() throws IOException {
        for (int i = 0; i < 5; i++) picture("only/test/a/%d.png".formatted(i), i, BufferedImage.TYPE_INT_RGB);
        picture("only/test/b/x.png", 7, BufferedImage.TYPE_INT_RGB);
        var data = ImageFolder.split(root.resolve("only"), Normalize.RGB);
        assertEquals(List.of("a", "b"), data.classes());
        assertEquals(6, data.test().size());
        assertTrue(assertThrows(IllegalArgumentException.class, () -> data.train(2)).getMessage()
                .startsWith("Loader: expected at least one sample."));
    }

    @Test void oneImageOfEachClassCannotBeDivided() throws IOException {
        picture("single/a/x.png", 0, BufferedImage.TYPE_INT_RGB);
        picture("single/b/x.png", 0, BufferedImage.TYPE_INT_RGB);
        Path single = root.resolve("single");
        assertEquals(single + ": expected two images of a class, one to train on and one to test on. Received 2 of 2"
                + " classes.", assertThrows(IllegalArgumentException.class,
                () -> ImageFolder.split(single, Normalize.RGB)).getMessage());
    }

    /** The blue of each picture's first pixel. */
    private static Set<Integer> colours(Dataset<LabeledImage> images) {
        return images.stream().map(sample -> sample.image().at(0, 0, 2)).collect(Collectors.toCollection(TreeSet::new));
    }

    private void picture(String name, int rgb, int type) throws IOException {
        var image = new BufferedImage(5, 4, type);
        for (int i = 0; i < 20; i++) image.setRGB(i % 5, i / 5, rgb);
        Files.createDirectories(root.resolve(name).getParent());
        ImageIO.write(image, name.endsWith("jpg") ? "jpg" : "png", root.resolve(name).toFile());
    }

    private static List<Integer> rgb(Image image) {
        return List.of(image.at(0, 0, 0), image.at(0, 0, 1), image.at(0, 0, 2));
    }
}
