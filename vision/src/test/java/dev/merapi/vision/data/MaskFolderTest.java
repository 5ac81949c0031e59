package dev.merapi.vision.data;

import dev.merapi.vision.LabelMask;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class MaskFolderTest {
    @TempDir Path folder;

    private static LabelMask mask() {
        var mask = new LabelMask(6, 9);
        for (int i = 0; i < 54; i++) mask.classes()[i] = (byte) (i % 4 == 3 ? LabelMask.IGNORED : i % 4);
        return mask;
    }

    private Path picture(String name, int width, int height, int type) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        ImageIO.write(new BufferedImage(width, height, type), "png", file.toFile());
        return file;
    }

    @Test void aMaskIsWrittenAndRead() {
        Path file = folder.resolve("mask.png");
        mask().write(file);
        assertArrayEquals(mask().classes(), LabelMask.read(file).classes());
        assertEquals("LabelMask(6, 9)", LabelMask.read(file).toString());
        assertEquals(List.of(0x000000, 0x800000, 0x008000, 0x808000, 0x000080, 0x400000),
                Stream.of(0, 1, 2, 3, 4, 8).map(LabelMask::color).toList(), "the colours of Pascal VOC");
        assertEquals(0xE0E0C0, LabelMask.color(255));
    }

    @Test void grayAndFewBitsAreClassesToo() throws IOException {
        var gray = new BufferedImage(3, 1, BufferedImage.TYPE_BYTE_GRAY);
        gray.getRaster().setSample(1, 0, 0, 5);
        gray.getRaster().setSample(2, 0, 0, 255);
        ImageIO.write(gray, "png", folder.resolve("gray.png").toFile());
        assertArrayEquals(new byte[] {0, 5, -1}, LabelMask.read(folder.resolve("gray.png")).classes());
        var bits = new BufferedImage(3, 1, BufferedImage.TYPE_BYTE_BINARY);
        bits.getRaster().setSample(1, 0, 0, 1);
        ImageIO.write(bits, "png", folder.resolve("bits.png").toFile());
        assertArrayEquals(new byte[] {0, 1, 0}, LabelMask.read(folder.resolve("bits.png")).classes());
    }

    @Test void otherPicturesAreNoMasks() throws IOException {
        Path colored = picture("rgb.png", 4, 4, BufferedImage.TYPE_INT_RGB);
        assertEquals(colored + ": expected a mask, a PNG file of one channel of at most 8 bits. Received 3 channels",
                message(() -> LabelMask.read(colored)));
        Path wide = picture("wide.png", 4, 4, BufferedImage.TYPE_USHORT_GRAY);
        assertTrue(message(() -> LabelMask.read(wide)).endsWith("Received 16 bits"));
        Path text = Files.writeString(folder.resolve("text.png"), "no picture");
        assertTrue(message(() -> LabelMask.read(text)).startsWith(text + ": expected a mask as a PNG file. Received"));
        byte[] cut = Files.readAllBytes(picture("cut.png", 40, 40, BufferedImage.TYPE_BYTE_GRAY));
        Path damaged = Files.write(folder.resolve("cut.png"), Arrays.copyOf(cut, cut.length - 20));
        assertTrue(message(() -> LabelMask.read(damaged)).startsWith(damaged + ": expected a mask"));
    }

    @Test void picturesWithMasksAreReadAndMistakesSkipped() throws IOException {
        picture("images/a.png", 9, 6, BufferedImage.TYPE_INT_RGB);
        Path alone = picture("images/b.png", 9, 6, BufferedImage.TYPE_INT_RGB);
        Path other = picture("images/c.png", 8, 6, BufferedImage.TYPE_INT_RGB);
        mask().write(folder.resolve("masks/a.png"));
        mask().write(folder.resolve("masks/c.png"));
        Files.writeString(folder.resolve("classes.txt"), "nothing\ncat\ndog\n");
        assertEquals(alone + ": expected its mask " + folder.resolve("masks/b.png") + ". Received none."
                + " Mend the file, or leave out what is wrong by on_error=skip.",
                message(() -> MaskFolder.read(folder, "", OnError.FAIL)));
        var set = MaskFolder.read(folder, "", OnError.SKIP);
        assertEquals(List.of("nothing", "cat", "dog"), set.classes());
        assertEquals(1, set.size());
        assertArrayEquals(mask().classes(), set.get(0).mask().classes());
        assertEquals(2, set.skipped().size());
        assertTrue(set.skipped().getLast().contains("expected a mask of the picture's size, 8 x 6. Received 9 x 6 for "
                + other), set.skipped().getLast());
    }

    @Test void vocsFolderAndParts() throws IOException {
        for (String name : List.of("a", "b", "c")) {
            Path file = folder.resolve("JPEGImages/" + name + ".jpg");
            Files.createDirectories(file.getParent());
            ImageIO.write(new BufferedImage(9, 6, BufferedImage.TYPE_INT_RGB), "jpg", file.toFile());
            mask().write(folder.resolve("SegmentationClass/" + name + ".png"));
        }
        Files.writeString(folder.resolve("classes.txt"), "nothing\ncat\ndog\n");
        Files.createDirectories(folder.resolve("ImageSets/Segmentation"));
        Files.writeString(folder.resolve("ImageSets/Segmentation/train.txt"), "a\nc\n");
        Files.writeString(folder.resolve("ImageSets/Segmentation/val.txt"), "b\n");
        var data = SceneData.masks(folder, 0.2, 1, OnError.FAIL);
        assertEquals(2, data.train().size());
        assertEquals(1, data.test().size());
        assertEquals(2, data.test().get(0).mask().at(0, 2));
    }

    private static String message(Runnable mistake) {
        return assertThrows(IllegalArgumentException.class, mistake::run).getMessage();
    }
}
