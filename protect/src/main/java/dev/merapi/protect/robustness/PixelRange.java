package dev.merapi.protect.robustness;

import dev.merapi.nn.Unary;
import dev.merapi.recipe.GlassBox;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.vision.Image;
import dev.merapi.vision.Normalize;
import java.util.Arrays;
import java.util.List;

/**
 * What black and white are to a model, so that attacks and corruptions work on pixels from 0 to 1.
 *
 * <pre>{@code
 * var range = PixelRange.of(Normalize.FASHION_MNIST);
 * var worse = Pgd.of(Norm.L_INF, 0.1).perturb(range.before(model), range.pixels(batch.x()), batch.y());
 * }</pre>
 *
 * @param black of each channel
 * @param white of each channel
 */
public record PixelRange(double[] black, double[] white) {
    /** Of a normalisation. */
    public static PixelRange of(Normalize normalize) {
        int channels = normalize.channels();
        var black = new double[channels];
        var white = new double[channels];
        for (int c = 0; c < channels; c++) {
            black[c] = -normalize.mean().get(c) / normalize.std().get(c);
            white[c] = (1 - normalize.mean().get(c)) / normalize.std().get(c);
        }
        return new PixelRange(black, white);
    }

    /** Of a model, by what it makes of a black and a white picture of the size of {@code encoded} (B, C, H, W). */
    public static PixelRange of(GlassBox<Image> box, Tensor encoded) {
        int channels = Math.toIntExact(encoded.size(1));
        int height = Math.toIntExact(encoded.size(2)), width = Math.toIntExact(encoded.size(3));
        var white = new byte[height * width * channels];
        Arrays.fill(white, (byte) 255);
        return new PixelRange(first(box, new Image(height, width, channels)),
                first(box, new Image(height, width, channels, white)));
    }

    private static double[] first(GlassBox<Image> box, Image image) {
        try (var _ = Scope.open()) {
            return box.encode(List.of(image)).select(3, 0).select(2, 0).contiguous().toDoubles();
        }
    }

    /** Pixels from 0 to 1 of what the model sees (B, C, H, W). */
    public Tensor pixels(Tensor seen) { return seen.sub(shift(seen)).div(scale(seen)).clamp(0, 1); }

    /** What the model sees of pixels from 0 to 1. */
    public Tensor seen(Tensor pixels) { return pixels.mul(scale(pixels)).add(shift(pixels)); }

    /** The model as a function of pixels from 0 to 1. */
    public Unary before(Unary model) { return pixels -> model.forward(seen(pixels)); }

    private Tensor shift(Tensor like) { return channels(like, black); }

    private Tensor scale(Tensor like) {
        var scale = new double[black.length];
        for (int c = 0; c < scale.length; c++) scale[c] = white[c] - black[c];
        return channels(like, scale);
    }

    private static Tensor channels(Tensor like, double... numbers) {
        return Tensor.of(numbers, 1, numbers.length, 1, 1).to(like.dtype()).to(like.device());
    }
}
