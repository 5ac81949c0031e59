package dev.merapi.vision;

import java.util.ArrayList;
import java.util.List;

/**
 * A picture and what is in it.
 *
 * @param boxes things, in any order; empty if there are none, or only the mask is known
 * @param mask the class of each pixel, or null if that is not known
 */
public record Scene(Image image, List<LabeledBox> boxes, LabelMask mask) {
    /** @throws IllegalArgumentException if the mask has another size than the picture */
    public Scene {
        boxes = List.copyOf(boxes);
        if (mask != null && (mask.height() != image.height() || mask.width() != image.width())) {
            throw new IllegalArgumentException("Scene: expected a mask of the picture's size, " + image.height() + "x"
                    + image.width() + ". Received " + mask.height() + "x" + mask.width());
        }
    }

    /** A picture with boxes alone. */
    public Scene(Image image, List<LabeledBox> boxes) { this(image, boxes, null); }

    /** A picture with a label for each pixel alone. */
    public Scene(Image image, LabelMask mask) { this(image, List.of(), mask); }

    /** Another picture of the same size with the same things in the same places. */
    public Scene with(Image image) { return new Scene(image, boxes, mask); }

    /**
     * Boxes cut to a picture's edges, without those of which less than a tenth, or no whole pixel, is left.
     */
    public static List<LabeledBox> visible(List<LabeledBox> boxes, int height, int width) {
        var visible = new ArrayList<LabeledBox>();
        for (var box : boxes) {
            Box left = box.box().clip(height, width);
            if (left.width() >= 1 && left.height() >= 1 && left.area() >= box.box().area() / 10) {
                visible.add(box.at(left));
            }
        }
        return visible;
    }
}
