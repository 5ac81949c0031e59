package dev.merapi.vision.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.merapi.io.AtomicFiles;
import dev.merapi.io.JsonErrors;
import dev.merapi.vision.Box;
import dev.merapi.vision.Image;
import dev.merapi.vision.LabeledBox;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Boxes as YOLO has them: beside {@code images/…/a.jpg} a text {@code labels/…/a.txt} with a line for each thing, its
 * class, the middle and the size in parts of the picture's sides. Pictures without a text show nothing. Names of the
 * classes are in {@code data.yaml}, under {@code names}, or in {@code classes.txt}, a line each.
 *
 * <pre>{@code
 * var set = Yolo.read(Path.of("coco128"), "train2017", OnError.SKIP);
 * set.skipped().forEach(IO::println);
 * }</pre>
 */
public final class Yolo {
    private static final YAMLMapper YAML = new YAMLMapper();

    private Yolo() {}

    /**
     * Reads {@code root/images/<part>} and {@code root/labels/<part>}.
     *
     * @param part empty for all pictures
     * @throws IllegalArgumentException naming the file, for boxes without area or outside the picture, lines that are
     *     no boxes, and classes without a name, unless they are to be skipped; or if there is no picture, or no names
     */
    public static SceneSet read(Path root, String part, OnError onError) {
        var problems = new Problems(onError);
        var classes = classes(root);
        Path images = root.resolve("images").resolve(part);
        Path labels = root.resolve("labels").resolve(part);
        var pictures = new ArrayList<Annotated>();
        for (Path picture : PictureFiles.below(images)) {
            Path beside = labels.resolve(images.relativize(picture).toString());
            Path text = beside.resolveSibling(PictureFiles.stem(picture) + ".txt");
            pictures.add(new Annotated(picture, 0, 0, boxes(text, classes, problems), null));
        }
        if (pictures.isEmpty()) throw new IllegalArgumentException(images + ": expected pictures. Received none.");
        return SceneSet.of(classes, pictures, problems);
    }

    /** The names of the classes of a data set. */
    static List<String> classes(Path root) {
        for (String name : List.of("data.yaml", "data.yml", "dataset.yaml")) {
            if (Files.isRegularFile(root.resolve(name))) return ofYaml(root.resolve(name));
        }
        Path text = root.resolve("classes.txt");
        if (Files.isRegularFile(text)) {
            return PictureFiles.lines(text).stream().map(String::strip).filter(name -> !name.isEmpty()).toList();
        }
        throw new IllegalArgumentException(root + ": expected the names of the classes in data.yaml, as names: [cat,"
                + " dog], or in classes.txt, a line each. Received neither.");
    }

    private static List<String> ofYaml(Path file) {
        try {
            JsonNode names = YAML.readTree(String.join("\n", PictureFiles.lines(file))).path("names");
            var list = new ArrayList<String>();
            if (names.isArray()) names.forEach(name -> list.add(name.asText()));
            for (int i = 0; names.isObject() && names.has("" + i); i++) list.add(names.get("" + i).asText());
            if (!list.isEmpty() && list.size() == names.size()) return list;
            throw new IllegalArgumentException(file + ": expected names: with a list, or with the numbers from 0 on as"
                    + " keys. Received " + names + ".");
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + ": not YAML. " + JsonErrors.reason(e), e);
        }
    }

    private static List<LabeledBox> boxes(Path file, List<String> classes, Problems problems) {
        var boxes = new ArrayList<LabeledBox>();
        if (Files.notExists(file)) return boxes;
        int number = 0;
        for (String line : PictureFiles.lines(file)) {
            number++;
            if (line.isBlank()) continue;
            double[] values = numbers(line);
            String what = "line " + number;
            if (values == null || values.length != 5 || values[0] != Math.rint(values[0])) {
                problems.found(file, what + ": expected a class and four numbers, 0 to 1: x y width height. Received \""
                        + line + "\".");
                continue;
            }
            int label = (int) values[0];
            if (label < 0 || label >= classes.size()) {
                problems.found(file, what + ": expected classes from 0 to " + (classes.size() - 1) + ". Received "
                        + label + ".");
                continue;
            }
            double w = values[3] / 2, h = values[4] / 2;
            Box box = inParts(file, what, values[1] - w, values[2] - h, values[1] + w, values[2] + h, problems);
            if (box != null) boxes.add(new LabeledBox(box, label));
        }
        return boxes;
    }

    /** Rounding errors are of a hundredth here: the size of the picture is not known. */
    private static Box inParts(Path file, String what, double left, double top, double right, double bottom,
            Problems problems) {
        Box box = problems.checked(file, what, 100 * left, 100 * top, 100 * right, 100 * bottom, 100, 100);
        return box == null ? null : box.scale(0.01, 0.01);
    }

    private static double[] numbers(String line) {
        String[] parts = line.strip().split("\\s+");
        var values = new double[parts.length];
        try {
            for (int i = 0; i < parts.length; i++) values[i] = Double.parseDouble(parts[i]);
        } catch (NumberFormatException e) {
            return null;
        }
        return values;
    }

    /**
     * Writes the boxes of a picture as a text. Crowds are left out, and nothing says what is difficult: YOLO has
     * neither.
     *
     * @throws java.io.UncheckedIOException if it cannot be written
     */
    public static void write(Path file, Image image, List<LabeledBox> boxes) {
        var text = new StringBuilder();
        for (var thing : boxes) {
            if (thing.crowd()) continue;
            Box b = thing.box().scale(1.0 / image.width(), 1.0 / image.height());
            text.append(String.format(Locale.ROOT, "%d %.8f %.8f %.8f %.8f\n", thing.label(),
                    (b.left() + b.right()) / 2, (b.top() + b.bottom()) / 2, b.width(), b.height()));
        }
        AtomicFiles.write(file, text.toString());
    }

    /** The name of a class. */
    static String name(int label, List<String> classes) {
        if (label < classes.size()) return classes.get(label);
        throw new IllegalArgumentException("classes: expected a name for each label. Received the label " + label
                + " and " + classes.size() + " names.");
    }
}
