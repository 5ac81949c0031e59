package dev.merapi.vision.data;

import dev.merapi.vision.Box;
import dev.merapi.vision.Image;
import dev.merapi.vision.LabeledBox;
import dev.merapi.vision.Scene;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Pascal VOC, COCO and YOLO: what is written is read, and what is wrong is named, or skipped and counted. */
class BoxFilesTest {
    private static final List<String> CLASSES = List.of("cat", "dog");
    private static final List<LabeledBox> BOXES = List.of(new LabeledBox(new Box(2, 3, 20, 15), 1),
            new LabeledBox(new Box(0, 0, 40, 30), 0), new LabeledBox(new Box(5.5, 6.25, 7, 9), 1));

    @TempDir Path folder;

    private Path picture(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        ImageIO.write(new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB), "png", file.toFile());
        return file;
    }

    private Path text(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private static void assertBoxes(List<LabeledBox> expected, List<LabeledBox> actual, double within) {
        assertEquals(expected.size(), actual.size());
        for (int i = 0; i < expected.size(); i++) {
            assertEquals(expected.get(i).label(), actual.get(i).label());
            assertEquals(1, expected.get(i).box().iou(actual.get(i).box()), within);
        }
    }

    @Test void vocIsWrittenAndRead() throws IOException {
        Path picture = picture("a.png");
        var things = List.of(BOXES.get(0), new LabeledBox(BOXES.get(1).box(), 0, 1200, false, true), BOXES.get(2),
                new LabeledBox(BOXES.get(1).box(), 0, 1200, true, false));
        Voc.write(folder.resolve("a.xml"), picture, Image.read(picture), things, CLASSES);
        var set = Voc.read(folder, OnError.FAIL);
        assertEquals(CLASSES, set.classes());
        assertEquals(things.subList(0, 3), set.get(0).boxes(), "all but the crowd");
        String xml = Files.readString(folder.resolve("a.xml"));
        assertTrue(xml.contains("<xmin>3</xmin>") && xml.contains("<xmax>20</xmax>"), "counted from 1: " + xml);
        var turned = List.of("dog", "cat");
        assertEquals(turned, Voc.read(folder, List.of("a"), turned, OnError.FAIL).classes());
    }

    @Test void yoloIsWrittenAndRead() throws IOException {
        Path picture = picture("images/deep/a.png");
        picture("images/empty.png");
        text("data.yaml", "path: .\nnames: {0: cat, 1: dog}\n");
        Yolo.write(folder.resolve("labels/deep/a.txt"), Image.read(picture), BOXES);
        var set = Yolo.read(folder, "", OnError.FAIL);
        assertEquals(CLASSES, set.classes());
        assertBoxes(BOXES, set.get(0).boxes(), 1e-6);
        assertEquals(List.of(), set.get(1).boxes(), "a picture without a text");
        text("data.yaml", "names: [cat, dog]");
        assertEquals(CLASSES, Yolo.read(folder, "", OnError.FAIL).classes());
        Files.delete(folder.resolve("data.yaml"));
        text("classes.txt", "cat\ndog\n");
        assertEquals(CLASSES, Yolo.read(folder, "", OnError.FAIL).classes());
    }

    @Test void cocoIsWrittenAndRead() throws IOException {
        picture("pictures/a.png");
        var crowd = new LabeledBox(BOXES.get(1).box(), 0, 321.5, true, false);
        var writer = new Coco.Writer(CLASSES);
        writer.add("a.png", 30, 40, List.of(BOXES.get(0), crowd));
        writer.write(folder.resolve("boxes.json"));
        var set = Coco.read(folder.resolve("boxes.json"), folder.resolve("pictures"), OnError.FAIL);
        assertEquals(CLASSES, set.classes());
        assertEquals(List.of(BOXES.get(0), crowd), set.get(0).boxes());
    }

    /** As other tools write it: ids with gaps, keys in any order, outlines. */
    @Test void cocoOfOthers() throws IOException {
        picture("a.png");
        Path file = text("boxes.json", """
                {"info": {"year": 2017}, "annotations": [{"id": 9, "image_id": 7, "category_id": 18,
                 "segmentation": [[1, 2, 3, 4, 5, 6]], "bbox": [2, 3, 18, 12], "area": 100.5, "iscrowd": 0}],
                 "categories": [{"id": 90, "name": "zebra"}, {"id": 18, "name": "dog"}],
                 "images": [{"id": 7, "file_name": "a.png", "height": 30, "width": 40}]}""");
        var set = Coco.read(file, folder, OnError.FAIL);
        assertEquals(List.of("dog", "zebra"), set.classes());
        assertEquals(List.of(new LabeledBox(new Box(2, 3, 20, 15), 0, 100.5, false, false)), set.get(0).boxes());
    }

    private static final String VOC = """
            <annotation><filename>%s</filename><size><width>40</width><height>30</height></size>
            <object><name>cat</name><bndbox><xmin>%s</xmin><ymin>5</ymin><xmax>%s</xmax><ymax>9</ymax></bndbox></object>
            <object><name>dog</name><bndbox><xmin>2</xmin><ymin>2</ymin><xmax>4</xmax><ymax>4</ymax></bndbox></object>
            </annotation>""";

    @Test void boxesOfNoAreaOrOutsideAreNamedOrSkipped() throws IOException {
        picture("a.png");
        Path file = text("a.xml", VOC.formatted("a.png", "10", "9"));
        assertMessage(file + ": object 1 (cat): expected a box with an area, left, top, right, bottom. Received"
                + " (9.0, 4.0, 9.0, 9.0). Mend the file, or leave out what is wrong by on_error=skip.",
                () -> Voc.read(folder, OnError.FAIL));
        text("a.xml", VOC.formatted("a.png", "10", "60"));
        assertMessage(file + ": object 1 (cat): expected a box inside the picture of 40 x 30. Received"
                + " (9.0, 4.0, 60.0, 9.0). Mend the file, or leave out what is wrong by on_error=skip.",
                () -> Voc.read(folder, OnError.FAIL));
        var set = Voc.read(folder, OnError.SKIP);
        assertEquals(1, set.get(0).boxes().size());
        assertEquals(List.of(file + ": object 1 (cat): expected a box inside the picture of 40 x 30. Received"
                + " (9.0, 4.0, 60.0, 9.0)."), set.skipped());
        text("a.xml", VOC.formatted("a.png", "0", "40"));
        assertEquals(new Box(0, 4, 40, 9), Voc.read(folder, OnError.FAIL).get(0).boxes().getFirst().box(),
                "a rounding error is cut off");
    }

    @Test void damagedFilesAreNamedOrSkipped() throws IOException {
        picture("a.png");
        text("a.xml", VOC.formatted("a.png", "1", "4"));
        Path broken = text("b.xml", "<annotation><size>");
        Path lost = text("c.xml", VOC.formatted("nowhere.png", "1", "4"));
        Path evil = text("d.xml", "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>"
                + "<annotation>&x;</annotation>");
        byte[] signature = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 26, 10};
        Path damaged = Files.write(folder.resolve("e.png"), signature);
        text("e.xml", VOC.formatted("e.png", "1", "4"));
        Path empty = Files.write(folder.resolve("f.png"), new byte[0]);
        text("f.xml", VOC.formatted("f.png", "1", "4"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Voc.read(folder, OnError.FAIL)).getMessage()
                .startsWith(broken + ": line 1: not XML. "));
        var set = Voc.read(folder, OnError.SKIP);
        assertEquals(1, set.size());
        assertEquals(5, set.skipped().size());
        for (Path file : List.of(broken, lost, evil, damaged, empty)) {
            assertTrue(set.skipped().stream().anyMatch(line -> line.startsWith(file + ": ")), file + "");
        }
        assertTrue(set.skipped().stream().noneMatch(line -> line.contains("root:")), "no other file is read");
    }

    @Test void aPictureOfAnotherSizeIsNamed() throws IOException {
        Path picture = picture("a.png");
        text("a.xml", VOC.formatted("a.png", "1", "4").replace("<width>40", "<width>80"));
        assertMessage(picture + ": expected the picture of 80 x 30 for which boxes were drawn. Received one of 40 x"
                + " 30.",
                () -> Voc.read(folder, OnError.FAIL).get(0));
    }

    @Test void linesThatAreNoBoxesAreNamed() throws IOException {
        picture("images/a.png");
        text("classes.txt", "cat");
        for (String line : List.of("0 0.5 0.5 0.2", "0 0.5 0.5 0.2 x", "0.5 0.5 0.5 0.1 0.1", "0 0 0 1 1 0 1 1")) {
            Path file = text("labels/a.txt", "0 0.5 0.5 0.1 0.1\n" + line + "\n");
            assertMessage(file + ": line 2: expected a class and four numbers, 0 to 1: x y width height. Received \""
                    + line + "\". Mend the file, or leave out what is wrong by on_error=skip.",
                    () -> Yolo.read(folder, "", OnError.FAIL));
            assertEquals(1, Yolo.read(folder, "", OnError.SKIP).get(0).boxes().size());
        }
        text("labels/a.txt", "1 0.5 0.5 0.1 0.1");
        assertTrue(message(() -> Yolo.read(folder, "", OnError.FAIL))
                .contains("expected classes from 0 to 0. Received 1"));
        text("labels/a.txt", "0 0.9 0.5 0.4 0.1");
        assertTrue(message(() -> Yolo.read(folder, "", OnError.FAIL)).contains("expected a box inside the picture"));
    }

    @Test void cocosMistakesAreNamed() throws IOException {
        picture("a.png");
        String whole = """
                {"images": [{"id": 1, "file_name": "a.png", "height": 30, "width": 40}],
                "categories": [{"id": 1, "name": "cat"}],
                "annotations": [{"id": 5, "image_id": %d, "category_id": %d, "bbox": %s}]}""";
        Path file = text("boxes.json", whole.formatted(2, 1, "[1, 1, 2, 2]"));
        assertTrue(message(() -> Coco.read(file, folder, OnError.FAIL)).startsWith(file
                + ": annotation 5: expected the id of one of the images. Received 2."));
        text("boxes.json", whole.formatted(1, 3, "[1, 1, 2, 2]"));
        assertTrue(message(() -> Coco.read(file, folder, OnError.FAIL)).startsWith(file
                + ": annotation 5: expected one of the classes [cat]. Received category_id 3."));
        text("boxes.json", whole.formatted(1, 1, "[1, 1, 0, 2]"));
        assertTrue(message(() -> Coco.read(file, folder, OnError.FAIL)).contains("expected a box with an area"));
        assertEquals(0, Coco.read(file, folder, OnError.SKIP).get(0).boxes().size());
        text("boxes.json", whole.formatted(1, 1, "[1, 1]"));
        assertTrue(message(() -> Coco.read(file, folder, OnError.FAIL)).contains("expected a bbox of four numbers"));
        text("boxes.json", "{\"images\": [1");
        assertTrue(message(() -> Coco.read(file, folder, OnError.FAIL)).contains("boxes.json"));
        text("boxes.json", "{}");
        assertEquals(file + ": expected images. Received none; is it COCO's format for detection?",
                message(() -> Coco.read(file, folder, OnError.FAIL)));
    }

    /** Each layout that {@link SceneData#boxes} tells, with and without parts. */
    @Test void layoutsAreToldByWhatLiesInThem() throws IOException {
        Path root = folder.resolve("yolo");
        for (String part : List.of("train", "val")) {
            picture("yolo/images/" + part + "/a.png");
            text("yolo/labels/" + part + "/a.txt", "1 0.5 0.5 0.5 0.5");
        }
        text("yolo/classes.txt", "cat\ndog");
        assertParts(root, 1, 1);

        Path coco = folder.resolve("coco");
        for (String part : List.of("train2017", "val2017")) {
            picture("coco/" + part + "/a.png");
            var writer = new Coco.Writer(CLASSES);
            writer.add("a.png", 30, 40, BOXES);
            writer.write(coco.resolve("annotations/instances_" + part + ".json"));
        }
        assertParts(coco, 1, 1);

        Path voc = folder.resolve("voc");
        for (int i = 0; i < 5; i++) {
            Path picture = picture("voc/JPEGImages/" + i + ".png");
            Voc.write(voc.resolve("Annotations/" + i + ".xml"), picture, Image.read(picture), BOXES, CLASSES);
        }
        assertParts(voc, 4, 1);
        text("voc/ImageSets/Main/train.txt", "0\n1\n2\n");
        text("voc/ImageSets/Main/val.txt", "3\n4\n");
        assertParts(voc, 3, 2);

        Path flat = folder.resolve("flat");
        for (String part : List.of("train", "test")) {
            Path picture = picture("flat/" + part + "/a.png");
            Voc.write(flat.resolve(part + "/a.xml"), picture, Image.read(picture), BOXES, CLASSES);
        }
        assertParts(flat, 1, 1);
        Files.createDirectories(folder.resolve("none"));
        assertTrue(message(() -> SceneData.boxes(folder.resolve("none"), 0.2, 1, OnError.FAIL))
                .endsWith("Received none of them."));
    }

    /** Which leaves nothing to measure. */
    @Test void picturesToTestOnWithoutBoxesAreRefused() throws IOException {
        Path root = folder.resolve("empty");
        Path picture = picture("empty/images/train/a.png");
        Yolo.write(root.resolve("labels/train/a.txt"), Image.read(picture), BOXES);
        text("empty/classes.txt", String.join("\n", CLASSES));
        picture("empty/images/val/b.png");
        text("empty/labels/val/b.txt", "");
        assertMessage(root + ": expected a box at least in the pictures to test on. Received none in "
                + root.resolve("images/val/b.png") + "; add some, or take another seed or test_fraction.",
                () -> SceneData.boxes(root, 0.2, 1, OnError.FAIL));
    }

    private static void assertParts(Path root, int train, int test) {
        var data = SceneData.boxes(root, 0.2, 1, OnError.FAIL);
        assertEquals(CLASSES, data.classes());
        assertEquals(train, data.train().size());
        assertEquals(test, data.test().size());
        Scene scene = data.test().get(0);
        assertEquals("Image(30, 40, 3)", scene.image().toString());
        assertTrue(!scene.boxes().isEmpty());
    }

    private static String message(Runnable mistake) {
        return assertThrows(IllegalArgumentException.class, mistake::run).getMessage();
    }

    private static void assertMessage(String expected, Runnable mistake) { assertEquals(expected, message(mistake)); }
}
