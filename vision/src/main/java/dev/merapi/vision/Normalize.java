package dev.merapi.vision;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * From pixels to a model's numbers, per channel: (p / 255 - mean) / std.
 *
 * <pre>{@code
 * Tensor x = Normalize.CIFAR10.batch(images);       // float32 (N, 3, 32, 32)
 * }</pre>
 */
public record Normalize(List<Double> mean, List<Double> std) {
    /** Pixels to 0 … 1, gray. */
    public static final Normalize GRAY = of(0, 1);
    /** Pixels to 0 … 1, red, green and blue. */
    public static final Normalize RGB = new Normalize(List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0));
    /** Statistics of MNIST's 60,000 training images. */
    public static final Normalize MNIST = of(0.1307, 0.3081);
    /** Statistics of Fashion-MNIST's 60,000 training images. */
    public static final Normalize FASHION_MNIST = of(0.2860, 0.3530);
    /** Statistics of CIFAR-10's 50,000 training images. */
    public static final Normalize CIFAR10 =
            new Normalize(List.of(0.4914, 0.4822, 0.4465), List.of(0.2470, 0.2435, 0.2616));
    /** What ImageNet models of torchvision and Hugging Face expect. */
    public static final Normalize IMAGENET =
            new Normalize(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));

    /** @throws IllegalArgumentException unless both have 1 or 3 entries, and every std is above 0 */
    public Normalize {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        if (mean.size() != std.size() || mean.size() != 1 && mean.size() != 3) {
            throw new IllegalArgumentException("Normalize: expected a mean and a std for each of 1 or 3 channels."
                    + " Received mean " + mean + " and std " + std);
        }
        if (!std.stream().allMatch(s -> s > 0)) {
            throw new IllegalArgumentException("Normalize: expected every std above 0. Received " + std);
        }
    }

    /** One mean and std, for gray images. */
    public static Normalize of(double mean, double std) { return new Normalize(List.of(mean), List.of(std)); }

    /** Number of channels that images must have. */
    public int channels() { return mean.size(); }

    /**
     * Images of one size as float32 (N, C, H, W), channels last in memory, which convolutions on a CPU like best.
     *
     * @throws IllegalArgumentException if there is no image, sizes differ, or the channels are not {@link #channels}
     */
    public Tensor batch(List<Image> images) {
        if (images.isEmpty()) throw new IllegalArgumentException("Normalize.batch: expected at least one image.");
        Image first = images.getFirst();
        int size = first.pixels().length;
        if ((long) images.size() * size > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("Normalize.batch: expected at most 2,147,483,639 values. Received "
                    + images.size() + " images as " + first + "; make the batch smaller.");
        }
        images.forEach(image -> check(image, first));
        Device device = Torch.device();
        long[] shape = {images.size(), first.height(), first.width(), channels()};
        if (device.equals(Device.META)) return Tensor.empty(DType.FLOAT32, shape).permute(0, 3, 1, 2);
        try (var values = Tensor.empty(Device.CPU, DType.FLOAT32, shape)) {
            fill(values.segment(), images);
            return values.to(device).permute(0, 3, 1, 2);
        }
    }

    /** A picture at a time, which fits into the processor's cache, is written into the batch's own memory. */
    private void fill(MemorySegment batch, List<Image> images) {
        float[][] tables = tables();
        var values = new float[images.getFirst().pixels().length];
        long at = 0;
        for (Image image : images) {
            if (tables.length == 3) colours(image.pixels(), values, tables[0], tables[1], tables[2]);
            else for (int i = 0; i < values.length; i++) values[i] = tables[0][image.pixels()[i] & 0xFF];
            MemorySegment.copy(values, 0, batch, ValueLayout.JAVA_FLOAT, at, values.length);
            at += 4L * values.length;
        }
    }

    private static void colours(byte[] pixels, float[] values, float[] red, float[] green, float[] blue) {
        for (int i = 0; i < values.length; i += 3) {
            values[i] = red[pixels[i] & 0xFF];
            values[i + 1] = green[pixels[i + 1] & 0xFF];
            values[i + 2] = blue[pixels[i + 2] & 0xFF];
        }
    }

    private void check(Image image, Image first) {
        if (image.channels() != channels()) {
            throw new IllegalArgumentException("Normalize.batch: expected images of " + channels()
                    + " channel(s). Received " + image + "; use toRgb() or toGray().");
        }
        if (image.height() != first.height() || image.width() != first.width()) {
            throw new IllegalArgumentException("Normalize.batch: expected images of one size. Received " + first
                    + " and " + image + "; add a Resize or a crop.");
        }
    }

    /** The result for each channel and pixel value. */
    private float[][] tables() {
        var tables = new float[channels()][256];
        for (int c = 0; c < tables.length; c++) {
            for (int p = 0; p < 256; p++) tables[c][p] = (float) ((p / 255.0 - mean.get(c)) / std.get(c));
        }
        return tables;
    }
}
