package dev.merapi.vision.transform;

import dev.merapi.vision.Image;
import dev.merapi.vision.Normalize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** Files as Hugging Face's image processors and timm write them. */
class ProcessorFileTest {
    private static final String IMAGENET =
            "\"image_mean\": [0.485, 0.456, 0.406], \"image_std\": [0.229, 0.224, 0.225]";
    private static final Normalize HALVES = new Normalize(List.of(0.5, 0.5, 0.5), List.of(0.5, 0.5, 0.5));

    @TempDir Path folder;

    @Test void squeezesTheWholePictureForViT() throws IOException {
        var expected = new ImageProcessor(224, 0, Resize.Filter.BILINEAR, HALVES, List.of());
        String rest = ", \"do_resize\": true, \"do_normalize\": true, \"resample\": 2, \"image_mean\": [0.5, 0.5, 0.5],"
                + " \"image_std\": [0.5, 0.5, 0.5]}";
        assertEquals(expected, read("{\"size\": 224" + rest));
        assertEquals(expected, read("{\"size\": {\"height\": 224, \"width\": 224}, \"do_rescale\": true,"
                + " \"rescale_factor\": 0.00392156862745098, \"image_processor_type\": \"ViTImageProcessor\"" + rest));
    }

    @Test void cutsAPartForConvNeXtAndResNet() throws IOException {
        assertEquals(new ImageProcessor(224, 256, Resize.Filter.BICUBIC, Normalize.IMAGENET, List.of()),
                read("{\"crop_pct\": 0.875, \"resample\": 3, \"size\": 224, " + IMAGENET + "}"));
        assertEquals(new ImageProcessor(384, 0, Resize.Filter.BICUBIC, Normalize.IMAGENET, List.of()),
                read("{\"crop_pct\": 0.875, \"resample\": 3, \"size\": {\"shortest_edge\": 384}, " + IMAGENET + "}"));
    }

    @Test void cutsTheMiddleForMobileNet() throws IOException {
        assertEquals(new ImageProcessor(224, 256, Resize.Filter.BILINEAR, HALVES, List.of("a", "b")),
                read("{\"do_center_crop\": true, \"crop_size\": {\"height\": 224, \"width\": 224}, \"resample\": 2,"
                        + " \"size\": {\"shortest_edge\": 256}, \"image_mean\": [0.5, 0.5, 0.5],"
                        + " \"image_std\": [0.5, 0.5, 0.5], \"id2label\": {\"1\": \"b\", \"0\": \"a\"}}"));
    }

    @Test void timms() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"architecture\": \"resnet18\", \"pretrained_cfg\": {"
                + "\"input_size\": [3, 224, 224], \"interpolation\": \"bicubic\", \"crop_pct\": 0.95,"
                + " \"crop_mode\": \"center\", \"mean\": [0.485, 0.456, 0.406], \"std\": [0.229, 0.224, 0.225]}}");
        assertEquals(new ImageProcessor(224, 235, Resize.Filter.BICUBIC, Normalize.IMAGENET, List.of()),
                ImageProcessor.open(folder));
    }

    @Test void ourOwnComeBack() {
        var gray = new Normalize(List.of(0.1307), List.of(0.3081));
        for (var processor : List.of(new ImageProcessor(28, gray, List.of("0", "1")),
                new ImageProcessor(96, 110, Resize.Filter.BICUBIC, Normalize.IMAGENET, List.of("a")),
                new ImageProcessor(96, 0, Resize.Filter.BILINEAR, Normalize.RGB, List.of("a", "b")))) {
            processor.save(folder);
            assertEquals(processor, ImageProcessor.open(folder));
        }
    }

    @Test void whatIsNotDoneIsRefused() {
        assertRefused("do_resize: expected true. Received false.", "{\"do_resize\": false}");
        assertRefused("rescale_factor: expected 1 / 255. Received 0.5.", "{\"size\": 8, \"rescale_factor\": 0.5}");
        assertRefused("size: expected a number of pixels, shortest_edge, or a height and an equal width. Received"
                + " {\"height\":8,\"width\":9}.", "{\"size\": {\"height\": 8, \"width\": 9}}");
        assertRefused("do_center_crop: expected true where the size is that of the shorter side. Received false.",
                "{\"size\": {\"shortest_edge\": 8}, " + IMAGENET + "}");
        assertRefused("crop_pct: expected a number above 0 and at most 1. Received 2.",
                "{\"size\": 8, \"crop_pct\": 2}");
    }

    @Test void theSizeMayChange() {
        var processor = new ImageProcessor(224, 256, Resize.Filter.BICUBIC, Normalize.IMAGENET, List.of("a"));
        assertEquals(new ImageProcessor(112, 128, Resize.Filter.BICUBIC, Normalize.IMAGENET, List.of("a")),
                processor.size(112));
        var image = new Image(20, 40, 3);
        new SplittableRandom(1).nextBytes(image.pixels());
        var squeezed = new ImageProcessor(10, 0, Resize.Filter.BICUBIC, Normalize.RGB, List.of()).fit(image);
        assertArrayEquals(new Resize(10, 10, Resize.Filter.BICUBIC).of(image).pixels(), squeezed.pixels());
    }

    private ImageProcessor read(String json) throws IOException {
        Files.writeString(folder.resolve("preprocessor_config.json"), json);
        return ImageProcessor.open(folder);
    }

    private void assertRefused(String message, String json) {
        assertEquals(folder.resolve("preprocessor_config.json") + ": " + message,
                assertThrows(IllegalArgumentException.class, () -> read(json)).getMessage());
    }
}
