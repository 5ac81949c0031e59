package dev.merapi.vision.transform;

import com.fasterxml.jackson.databind.JsonNode;
import dev.merapi.io.FileErrors;
import dev.merapi.io.JsonFile;
import dev.merapi.io.ModelFolder;
import dev.merapi.tensor.Expect;
import dev.merapi.vision.Normalize;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * How pictures become a model's input, as files say it: Hugging Face's {@code preprocessor_config.json}, which differs
 * from one kind of model to the next, or timm's {@code pretrained_cfg} in {@code config.json}. Whatever is not done
 * here is refused by its name.
 */
final class ProcessorFile {
    private static final String FILE = "preprocessor_config.json";
    private static final double FACTOR = 1 / 255.0;
    private static final int WHOLE = 384; // ConvNeXt's processor cuts nothing from this size on

    private ProcessorFile() {}

    static void write(ImageProcessor p, Path folder) {
        boolean gray = p.normalize().channels() == 1, crop = p.shorterSide() > 0;
        var square = Map.of("height", p.size(), "width", p.size());
        var names = new TreeMap<Integer, String>();
        var ids = new LinkedHashMap<String, Integer>();
        for (int i = 0; i < p.labels().size(); i++) {
            names.put(i, p.labels().get(i));
            ids.put(p.labels().get(i), i);
        }
        var file = new LinkedHashMap<String, Object>();
        file.put("do_convert_rgb", !gray);
        file.put("do_grayscale", gray);
        file.put("do_resize", true);
        file.put("size", crop ? Map.of("shortest_edge", p.shorterSide()) : new TreeMap<>(square));
        file.put("resample", p.filter().number);
        file.put("do_center_crop", crop);
        if (crop) file.put("crop_size", new TreeMap<>(square));
        file.put("do_rescale", true);
        file.put("rescale_factor", FACTOR);
        file.put("do_normalize", true);
        file.put("image_mean", p.normalize().mean());
        file.put("image_std", p.normalize().std());
        file.put("id2label", names);
        file.put("label2id", ids);
        ModelFolder.writeConfig(file, folder.resolve(FILE));
    }

    static ImageProcessor read(Path folder, ImageProcessor otherwise) {
        Path file = folder.resolve(FILE), config = folder.resolve("config.json");
        if (Files.exists(file)) return FileErrors.naming(file, () -> of(JsonFile.object(file)));
        JsonNode timm = Files.exists(config) ? JsonFile.object(config).path("pretrained_cfg") : null;
        if (timm != null && timm.isObject()) return FileErrors.naming(config, () -> ofTimm(timm));
        if (otherwise != null) return otherwise;
        throw new IllegalArgumentException(folder + ": expected the run of a recipe for images, with " + FILE
                + " in it. Received none; runs of older versions have to be trained anew.");
    }

    private static ImageProcessor of(JsonNode file) {
        expect(file, "do_resize", true);
        expect(file, "do_rescale", true);
        double factor = file.path("rescale_factor").asDouble(FACTOR);
        Expect.that(Math.abs(factor - FACTOR) < 1e-9, "rescale_factor", "1 / 255", factor);
        boolean crop = file.path("do_center_crop").asBoolean(file.has("crop_size"));
        int resized = size(file, "size"), square = crop && file.has("crop_size") ? size(file, "crop_size") : resized;
        if (file.has("crop_pct") && !file.has("crop_size")) { // ConvNeXt's
            crop = resized < WHOLE;
            if (crop) resized = (int) (resized / part(file, "crop_pct"));
        }
        Expect.that(crop || file.has("crop_pct") || !file.path("size").has("shortest_edge"), "do_center_crop",
                "true where the size is that of the shorter side", crop);
        return new ImageProcessor(square, crop ? resized : 0, filter(file), normalize(file), labels(file));
    }

    private static ImageProcessor ofTimm(JsonNode file) {
        JsonNode size = file.path("input_size");
        boolean rgb = size.size() == 3 && size.get(0).asInt() == 3 && size.get(1).asInt() == size.get(2).asInt();
        Expect.that(rgb, "pretrained_cfg.input_size", "3 channels of a square", size);
        int square = size.get(1).asInt();
        String filter = file.path("interpolation").asText("bilinear"), mode = file.path("crop_mode").asText("center");
        Expect.that(List.of("bilinear", "bicubic").contains(filter), "pretrained_cfg.interpolation",
                "bilinear or bicubic", filter);
        Expect.that(List.of("center", "squash").contains(mode), "pretrained_cfg.crop_mode", "center or squash", mode);
        int resized = (int) (square / (file.has("crop_pct") ? part(file, "crop_pct") : 0.875));
        return new ImageProcessor(square, mode.equals("center") ? resized : 0,
                Resize.Filter.valueOf(filter.toUpperCase(Locale.ROOT)),
                new Normalize(numbers(file, "mean"), numbers(file, "std")), List.of());
    }

    private static void expect(JsonNode file, String key, boolean value) {
        Expect.that(file.path(key).asBoolean(value) == value, key, "" + value, file.path(key));
    }

    private static double part(JsonNode file, String key) {
        double part = file.path(key).asDouble();
        Expect.that(part > 0 && part <= 1, key, "a number above 0 and at most 1", file.path(key));
        return part;
    }

    /** A number, {@code shortest_edge}, or a height and an equal width. */
    private static int size(JsonNode file, String key) {
        JsonNode size = file.path(key), side = size.isNumber() ? size : size.path("shortest_edge");
        if (side.isMissingNode() && size.path("height").equals(size.path("width"))) side = size.path("height");
        Expect.that(side.isIntegralNumber() && side.canConvertToInt(), key,
                "a number of pixels, shortest_edge, or a height and an equal width", size);
        return side.asInt();
    }

    private static Resize.Filter filter(JsonNode file) {
        int number = file.path("resample").asInt(Resize.Filter.BILINEAR.number);
        for (var filter : Resize.Filter.values()) if (filter.number == number) return filter;
        throw Expect.error("resample", "0 for nearest, 2 for bilinear or 3 for bicubic", file.path("resample"));
    }

    private static Normalize normalize(JsonNode file) {
        boolean gray = file.path("do_grayscale").asBoolean();
        expect(file, "rescale_offset", false);
        if (!file.path("do_normalize").asBoolean(true)) return gray ? Normalize.GRAY : Normalize.RGB;
        List<Double> std = numbers(file, "image_std");
        if (file.path("include_top").asBoolean()) { // EfficientNet's processor divides twice
            std = std.stream().map(s -> s * s).toList();
        }
        return new Normalize(numbers(file, "image_mean"), std);
    }

    private static List<Double> numbers(JsonNode file, String key) {
        var numbers = new ArrayList<Double>();
        for (JsonNode number : file.path(key)) {
            Expect.that(number.isNumber(), key, "numbers", file.path(key));
            numbers.add(number.asDouble());
        }
        return numbers;
    }

    private static List<String> labels(JsonNode file) {
        JsonNode names = file.path("id2label");
        boolean counted = IntStream.range(0, names.size()).allMatch(i -> names.path("" + i).isTextual());
        Expect.that(counted, "id2label", "a text for each of 0, 1, …", names);
        return IntStream.range(0, names.size()).mapToObj(i -> names.get("" + i).asText()).toList();
    }
}
