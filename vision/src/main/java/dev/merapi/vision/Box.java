package dev.merapi.vision;

/**
 * A rectangle in a picture, in pixels from its top left corner: pixel (0, 0) covers the unit square there, so that a
 * picture's own box is (0, 0, width, height).
 */
public record Box(double left, double top, double right, double bottom) {
    /** @throws IllegalArgumentException if a side is no number, or the right one is left of the left one, or so */
    public Box {
        if (!(left <= right && top <= bottom && isFinite(left) && isFinite(top) && isFinite(right)
                && isFinite(bottom))) {
            throw new IllegalArgumentException("Box: expected left, top, right and bottom as finite numbers in order."
                    + " Received " + toString(left, top, right, bottom));
        }
    }

    private static boolean isFinite(double side) { return Math.abs(side) < Double.POSITIVE_INFINITY; }

    /** By the top left corner and the size, as COCO has them. */
    public static Box ofSize(double left, double top, double width, double height) {
        return new Box(left, top, left + width, top + height);
    }

    /** By the middle and the size, as YOLO has them. */
    public static Box ofCenter(double x, double y, double width, double height) {
        return new Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2);
    }

    /** In pixels. */
    public double width() { return right - left; }

    /** In pixels. */
    public double height() { return bottom - top; }

    /** In square pixels. */
    public double area() { return width() * height(); }

    /** The part of this box that lies in a picture; of no area where there is none. */
    public Box clip(int height, int width) {
        return new Box(Math.clamp(left, 0, width), Math.clamp(top, 0, height), Math.clamp(right, 0, width),
                Math.clamp(bottom, 0, height));
    }

    /** This box in a picture that is stretched by two factors. */
    public Box scale(double x, double y) { return new Box(left * x, top * y, right * x, bottom * y); }

    /** This box, moved to the right and down. */
    public Box shift(double x, double y) { return new Box(left + x, top + y, right + x, bottom + y); }

    /** Area of what two boxes share. */
    public double intersection(Box other) {
        double w = Math.min(right, other.right) - Math.max(left, other.left);
        double h = Math.min(bottom, other.bottom) - Math.max(top, other.top);
        return w > 0 && h > 0 ? w * h : 0;
    }

    /** Intersection over union, 0 to 1; 0 for boxes without area. */
    public double iou(Box other) {
        double shared = intersection(other);
        return shared == 0 ? 0 : shared / (area() + other.area() - shared);
    }

    /** Such as {@code (12.0, 7.5, 30.0, 44.0)}. */
    @Override public String toString() { return toString(left, top, right, bottom); }

    private static String toString(double left, double top, double right, double bottom) {
        return "(" + left + ", " + top + ", " + right + ", " + bottom + ")";
    }
}
