package dev.merapi.vision.data;

import dev.merapi.Fuzz;
import dev.merapi.FuzzDamage;
import dev.merapi.data.Dataset;
import dev.merapi.vision.Box;
import dev.merapi.vision.Image;
import dev.merapi.vision.LabelMask;
import dev.merapi.vision.LabeledBox;
import dev.merapi.vision.Scene;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged files of boxes and masks are read, or refused by name. */
class FuzzScenesTest {
    private static final Image IMAGE = new Image(30, 40, 3);
    private static final List<LabeledBox> BOXES = List.of(new LabeledBox(new Box(2, 3, 20, 15), 1),
            new LabeledBox(new Box(0, 0, 40, 30), 0));
    private static final List<String> CLASSES = List.of("cat", "dog");

    @TempDir Path good;
    @TempDir Path temp;

    @Test void damagedFilesAreReadOrNamed() throws Exception { damage(1, 150); }

    @Test @Tag("proof") void manyDamagedFilesAreReadOrNamed() throws Exception { damage(2, 20_000); }

    private void damage(long seed, int count) throws Exception {
        voc(seed, count);
        coco(seed, count);
        yolo(seed, count);
        masks(seed, count);
    }

    private Path picture(String name) throws IOException {
        Path file = good.resolve(name);
        Files.createDirectories(file.getParent());
        IMAGE.write(file);
        return file;
    }

    private void voc(long seed, int count) throws Exception {
        Voc.write(good.resolve("voc/a.xml"), picture("voc/a.png"), IMAGE, BOXES, CLASSES);
        Fuzz.of(good.resolve("voc")).damage("a.xml", FuzzDamage.text())
                .check(temp.resolve("voc"), seed, count, at -> all(Voc.read(at, OnError.FAIL)));
    }

    private void coco(long seed, int count) throws Exception {
        picture("coco/a.png");
        var writer = new Coco.Writer(CLASSES);
        writer.add("a.png", 30, 40, BOXES);
        writer.write(good.resolve("coco/boxes.json"));
        Fuzz.of(good.resolve("coco")).damage("boxes.json").check(temp.resolve("coco"), seed, count,
                at -> all(Coco.read(at.resolve("boxes.json"), at, OnError.FAIL)));
    }

    private void yolo(long seed, int count) throws Exception {
        picture("yolo/images/a.png");
        Yolo.write(good.resolve("yolo/labels/a.txt"), IMAGE, BOXES);
        Files.writeString(good.resolve("yolo/data.yaml"), "names: [cat, dog]\n");
        Fuzz.of(good.resolve("yolo")).damage("labels/a.txt", FuzzDamage.text()).damage("data.yaml", FuzzDamage.text())
                .check(temp.resolve("yolo"), seed, count, at -> all(Yolo.read(at, "", OnError.FAIL)));
    }

    private void masks(long seed, int count) throws Exception {
        picture("masks/images/a.png");
        new LabelMask(30, 40).write(good.resolve("masks/masks/a.png"));
        Files.writeString(good.resolve("masks/classes.txt"), "cat\ndog\n");
        Fuzz.of(good.resolve("masks"))
                .damage("masks/a.png", FuzzDamage.bytes()).damage("classes.txt", FuzzDamage.text())
                .check(temp.resolve("masks"), seed, count, at -> all(MaskFolder.read(at, "", OnError.FAIL)));
    }

    private static void all(Dataset<Scene> scenes) { for (int i = 0; i < scenes.size(); i++) scenes.get(i); }
}
