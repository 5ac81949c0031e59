package dev.merapi.vision.data;

import dev.merapi.vision.Box;
import dev.merapi.vision.Image;
import dev.merapi.vision.LabelMask;
import dev.merapi.vision.LabeledBox;
import dev.merapi.vision.Scene;
import java.nio.file.Path;
import java.util.List;

/**
 * A picture's file and what is known to be in the picture.
 *
 * @param height of the picture; 0 if that is not known before it is decoded, and boxes are in parts of its sides
 * @param width of the picture, likewise
 * @param mask the file of its mask, or null
 */
record Annotated(Path picture, int height, int width, List<LabeledBox> boxes, Path mask) {
    Annotated { boxes = List.copyOf(boxes); }

    /** @throws IllegalArgumentException if the picture or its mask is of another size */
    Scene scene(Image image) {
        if (height > 0 && (image.height() != height || image.width() != width)) {
            throw new IllegalArgumentException(picture + ": expected the picture of " + width + " x " + height
                    + " for which boxes were drawn. Received one of " + image.width() + " x " + image.height()
                    + (image.height() == width && image.width() == height ? ", turned upright by its EXIF data" : "")
                    + ".");
        }
        var placed = height > 0 ? boxes : boxes.stream().map(box -> scaled(box, image)).toList();
        if (mask == null) return new Scene(image, placed);
        LabelMask read = LabelMask.read(mask);
        if (read.height() != image.height() || read.width() != image.width()) {
            throw new IllegalArgumentException(mask + ": expected a mask of the picture's size, " + image.width()
                    + " x " + image.height() + ". Received " + read.width() + " x " + read.height() + " for "
                    + picture + ".");
        }
        return new Scene(image, placed, read);
    }

    private static LabeledBox scaled(LabeledBox of, Image image) {
        Box box = of.box().scale(image.width(), image.height());
        return new LabeledBox(box, of.label(), box.area(), of.crowd(), of.difficult());
    }
}
