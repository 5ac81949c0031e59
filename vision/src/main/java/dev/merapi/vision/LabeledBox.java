package dev.merapi.vision;

/**
 * A box around a thing of a known class.
 *
 * @param label the class, counted from 0
 * @param area of the thing, in pixels, by which measures tell small from large: its outline's, where it is known, and
 *     else the box's
 * @param crowd whether the box holds many things of the class, which nobody has told apart (COCO's {@code iscrowd})
 * @param difficult whether a model may miss it or not, as it is hardly to be seen (Pascal VOC's {@code difficult})
 */
public record LabeledBox(Box box, int label, double area, boolean crowd, boolean difficult) {
    public LabeledBox {
        if (label < 0) throw new IllegalArgumentException("LabeledBox.label: expected 0 or more. Received " + label);
        if (!(area >= 0 && area < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("LabeledBox.area: expected 0 or more. Received " + area);
        }
    }

    /** One thing, whose area is the box's. */
    public LabeledBox(Box box, int label) { this(box, label, box.area(), false, false); }

    /** Whether a model learns it; measures count neither hit nor miss of the others. */
    public boolean counts() { return !crowd && !difficult; }

    /** This thing in another place; its area grows and shrinks with the box's. */
    public LabeledBox at(Box moved) {
        double scaled = box.area() == 0 ? moved.area() : area * moved.area() / box.area();
        return new LabeledBox(moved, label, scaled, crowd, difficult);
    }
}
