package dev.merapi.vision.transform;

import dev.merapi.vision.Box;
import dev.merapi.vision.Image;
import dev.merapi.vision.LabelMask;

/** Mirrors pictures of a width left and right. */
public record Flip(int width) implements Move {
    @Override public Image of(Image image) {
        var out = new Image(image.height(), image.width(), image.channels());
        int row = image.width() * image.channels();
        for (int start = 0; start < image.pixels().length; start += row) {
            if (image.channels() == 3) colours(image.pixels(), out.pixels(), start, start + row);
            else grays(image.pixels(), out.pixels(), start, start + row);
        }
        return out;
    }

    private static void colours(byte[] in, byte[] out, int start, int end) {
        for (int i = start, o = end - 3; i < end; i += 3, o -= 3) {
            out[o] = in[i];
            out[o + 1] = in[i + 1];
            out[o + 2] = in[i + 2];
        }
    }

    private static void grays(byte[] in, byte[] out, int start, int end) {
        for (int i = start, o = end - 1; i < end; i++, o--) out[o] = in[i];
    }

    @Override public Box of(Box box) {
        return new Box(width - box.right(), box.top(), width - box.left(), box.bottom());
    }

    @Override public LabelMask of(LabelMask mask) { return LabelMask.of(of(mask.toImage())); }
}
