package dev.merapi.vision.detect;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import dev.merapi.vision.Box;
import java.util.ArrayList;
import java.util.List;

/**
 * Boxes as tensors (…, 4), in pixels: left, top, right, bottom. All can be differentiated.
 *
 * <pre>{@code
 * Tensor overlap = Boxes.iou(Boxes.of(found), Boxes.of(known));         // (found, known)
 * }</pre>
 */
public final class Boxes {
    private Boxes() {}

    /** float32 (N, 4). */
    public static Tensor of(List<Box> boxes) {
        var sides = new float[4 * boxes.size()];
        for (int i = 0; i < boxes.size(); i++) {
            Box box = boxes.get(i);
            sides[4 * i] = (float) box.left();
            sides[4 * i + 1] = (float) box.top();
            sides[4 * i + 2] = (float) box.right();
            sides[4 * i + 3] = (float) box.bottom();
        }
        return Tensor.of(sides, boxes.size(), 4);
    }

    /** The boxes of (N, 4). */
    public static List<Box> list(Tensor boxes) {
        check(boxes, "Boxes.list");
        double[] sides = boxes.toDoubles();
        var list = new ArrayList<Box>(sides.length / 4);
        for (int i = 0; i < sides.length; i += 4) {
            list.add(new Box(sides[i], sides[i + 1], sides[i + 2], sides[i + 3]));
        }
        return list;
    }

    /** Left, top, width, height (COCO's) of (…, 4). */
    public static Tensor toSizes(Tensor boxes) {
        return Tensor.cat(List.of(start(boxes), end(boxes).sub(start(boxes))), -1);
    }

    /** From left, top, width, height (COCO's). */
    public static Tensor ofSizes(Tensor sizes) {
        return Tensor.cat(List.of(start(sizes), start(sizes).add(end(sizes))), -1);
    }

    /** Middle x, middle y, width, height (YOLO's) of (…, 4). */
    public static Tensor toCenters(Tensor boxes) {
        var size = end(boxes).sub(start(boxes));
        return Tensor.cat(List.of(start(boxes).add(size.div(2)), size), -1);
    }

    /** From middle x, middle y, width, height (YOLO's). */
    public static Tensor ofCenters(Tensor centers) {
        var half = end(centers).div(2);
        return Tensor.cat(List.of(start(centers).sub(half), start(centers).add(half)), -1);
    }

    /** Boxes (…, 4) cut to the edges of a picture. */
    public static Tensor clip(Tensor boxes, int height, int width) {
        var x = boxes.slice(-1, 0, 4, 2).clamp(0, width);
        var y = boxes.slice(-1, 1, 4, 2).clamp(0, height);
        return Tensor.stack(List.of(x, y), -1).reshape(boxes.shape());
    }

    /** Areas (…) of (…, 4). */
    public static Tensor area(Tensor boxes) { return product(end(boxes).sub(start(boxes))); }

    /** Intersection over union (N, M) of each of (N, 4) with each of (M, 4). */
    public static Tensor iou(Tensor a, Tensor b) { return iouOf(a.unsqueeze(1), b.unsqueeze(0)); }

    /** Generalized intersection over union (N, M), as {@link #giouOf}. */
    public static Tensor giou(Tensor a, Tensor b) { return giouOf(a.unsqueeze(1), b.unsqueeze(0)); }

    /** Intersection over union (…) of boxes (…, 4) with those in the same place, 0 to 1; 0 without area. */
    public static Tensor iouOf(Tensor a, Tensor b) {
        var shared = shared(a, b);
        return shared.div(area(a).add(area(b)).sub(shared).clamp(TINY, null));
    }

    /**
     * As {@link #iouOf}, less the part of the smallest box around both that neither covers: -1 to 1, with a gradient
     * where they do not meet (Rezatofighi et al. 2019, arXiv:1902.09630).
     */
    public static Tensor giouOf(Tensor a, Tensor b) {
        var shared = shared(a, b);
        var union = area(a).add(area(b)).sub(shared);
        var around = product(end(a).maximum(end(b)).sub(start(a).minimum(start(b)))).clamp(TINY, null);
        return shared.div(union.clamp(TINY, null)).sub(around.sub(union).div(around));
    }

    private static final double TINY = 1e-7; // in place of 0 as a divisor

    private static Tensor shared(Tensor a, Tensor b) {
        return product(end(a).minimum(end(b)).sub(start(a).maximum(start(b))).clamp(0, null));
    }

    private static Tensor start(Tensor boxes) { return check(boxes, "Boxes").narrow(-1, 0, 2); }

    private static Tensor end(Tensor boxes) { return check(boxes, "Boxes").narrow(-1, 2, 2); }

    private static Tensor product(Tensor size) { return size.select(-1, 0).mul(size.select(-1, 1)); }

    static Tensor check(Tensor boxes, String where) {
        if (boxes.rank() > 0 && boxes.size(-1) == 4 && boxes.dtype().isFloating()) return boxes;
        throw new IllegalArgumentException(where + ": expected floating-point boxes (…, 4). Received " + boxes.dtype()
                + " " + Shapes.toString(boxes.shape()) + (boxes.dtype() == DType.INT64 ? "; call to(DType.FLOAT32)."
                        : ""));
    }
}
