package dev.merapi.vision;

/** How a camera was held: the tag Orientation of EXIF, whose block is a TIFF file's. */
final class Exif {
    /** The picture is as it should be seen. */
    static final int UPRIGHT = 1;
    /** The picture has to be turned to the right by a quarter. */
    static final int QUARTER_RIGHT = 6;

    private static final int ORIENTATION = 0x0112;

    private Exif() {}

    /** The orientation, 1 to 8, by a TIFF block; {@link #UPRIGHT} where it says none or is damaged, as in Pillow. */
    static int orientation(byte[] bytes, int start, int length) {
        long value = TiffTags.of(bytes, start, length).value(ORIENTATION, UPRIGHT);
        return value >= 1 && value <= 8 ? (int) value : UPRIGHT;
    }

    /** The image as it should be seen. */
    static Image upright(Image in, int orientation) {
        if (orientation == UPRIGHT) return in;
        boolean swapped = orientation >= 5; // rows become columns
        int height = swapped ? in.width() : in.height();
        int width = swapped ? in.height() : in.width();
        boolean fromRight = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
        boolean fromBottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
        var pixels = new byte[in.pixels().length];
        for (int y = 0, o = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int row = swapped ? x : y;
                int column = swapped ? y : x;
                int from = ((fromBottom ? in.height() - 1 - row : row) * in.width()
                        + (fromRight ? in.width() - 1 - column : column)) * in.channels();
                for (int c = 0; c < in.channels(); c++) pixels[o++] = in.pixels()[from + c];
            }
        }
        return new Image(height, width, in.channels(), pixels);
    }
}
