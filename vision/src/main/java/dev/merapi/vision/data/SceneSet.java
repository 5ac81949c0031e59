package dev.merapi.vision.data;

import dev.merapi.data.Dataset;
import dev.merapi.vision.Image;
import dev.merapi.vision.LabeledBox;
import dev.merapi.vision.Scene;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Pictures in files with boxes, or masks, which {@link Voc}, {@link Coco}, {@link Yolo} and {@link MaskFolder} read.
 * Pictures are decoded when they are first asked for, by the loader's workers, and stay in memory as long as they fit
 * into a quarter of the Java heap.
 */
public final class SceneSet implements Dataset<Scene> {
    private final List<String> classes;
    private final List<Annotated> pictures;
    private final List<String> skipped;
    private final AtomicReferenceArray<Image> decoded;
    private final AtomicLong room;

    private SceneSet(List<String> classes, List<Annotated> pictures, List<String> skipped,
            AtomicReferenceArray<Image> decoded, AtomicLong room) {
        this.classes = List.copyOf(classes);
        this.pictures = pictures;
        this.skipped = skipped;
        this.decoded = decoded;
        this.room = room;
    }

    /** Where errors are skipped, pictures that cannot be decoded are among them. */
    static SceneSet of(List<String> classes, List<Annotated> pictures, Problems problems) {
        var room = new AtomicLong(Runtime.getRuntime().maxMemory() / 4);
        if (!problems.isSkipping()) {
            return new SceneSet(classes, List.copyOf(pictures), List.of(),
                    new AtomicReferenceArray<>(pictures.size()), room);
        }
        var sound = new ArrayList<Annotated>();
        var images = new ArrayList<Image>();
        for (var picture : pictures) {
            try {
                Image image = Image.read(picture.picture());
                picture.scene(image);
                sound.add(picture);
                images.add(keeps(image, room) ? image : null);
            } catch (IllegalArgumentException | UncheckedIOException e) {
                problems.found(picture.picture(), e.getMessage().replace(picture.picture() + ": ", ""));
            }
        }
        return new SceneSet(classes, sound, problems.skipped(),
                new AtomicReferenceArray<>(images.toArray(Image[]::new)), room);
    }

    /** Names of the classes, in the order of their labels. */
    public List<String> classes() { return classes; }

    /** What was left out and why, a line for each picture or box; empty unless {@link OnError#SKIP} was asked for. */
    public List<String> skipped() { return skipped; }

    /** The file of a picture. */
    public Path file(int index) { return pictures.get(index).picture(); }

    /** Whether a picture has a mask, or a box that counts when it is measured what is found. */
    boolean hasTruth(int index) {
        var picture = pictures.get(index);
        return picture.mask() != null || picture.boxes().stream().anyMatch(LabeledBox::counts);
    }

    @Override public int size() { return pictures.size(); }

    /** @throws IllegalArgumentException naming the file, if it is no picture, or one of another size than was said */
    @Override public Scene get(int index) { return pictures.get(index).scene(image(index)); }

    private Image image(int index) {
        Image kept = decoded.get(index);
        if (kept != null) return kept;
        Image image = Image.read(pictures.get(index).picture());
        if (keeps(image, room)) decoded.set(index, image);
        return image;
    }

    private static boolean keeps(Image image, AtomicLong room) {
        int bytes = image.pixels().length;
        if (room.addAndGet(-bytes) >= 0) return true;
        room.addAndGet(bytes);
        return false;
    }
}
