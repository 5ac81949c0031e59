package dev.merapi.vision.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.merapi.io.AtomicFiles;
import dev.merapi.io.FileErrors;
import dev.merapi.io.JsonErrors;
import dev.merapi.vision.Box;
import dev.merapi.vision.LabeledBox;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Boxes as COCO has them (Lin et al. 2014, arXiv:1405.0312): one JSON file with {@code images}, {@code annotations},
 * whose {@code bbox} is left, top, width, height, and {@code categories}. Outlines are passed over, object by object,
 * so that large files take little memory.
 *
 * <pre>{@code
 * var set = Coco.read(Path.of("annotations/instances_val2017.json"), Path.of("val2017"), OnError.SKIP);
 * }</pre>
 */
public final class Coco {
    private static final ObjectMapper JSON = new ObjectMapper(new JsonFactory());

    private final Path file;
    private final Problems problems;
    private final Map<Long, JsonNode> images = new LinkedHashMap<>();
    private final TreeMap<Long, String> categories = new TreeMap<>();
    private final List<JsonNode> annotations = new ArrayList<>();

    private Coco(Path file, Problems problems) {
        this.file = file;
        this.problems = problems;
    }

    /** As {@link #read(Path, Path, List, OnError)}, with the file's categories in the order of their ids. */
    public static SceneSet read(Path file, Path images, OnError onError) { return read(file, images, null, onError); }

    /**
     * Reads a file.
     *
     * @param images folder of the pictures that the file names
     * @param classes names, in the order of the labels; null for the file's categories in the order of their ids
     * @throws IllegalArgumentException naming the file, if it is damaged; for pictures that are missing, boxes without
     *     area or outside the picture, and ids that are not known, unless they are to be skipped
     * @throws java.io.UncheckedIOException if it cannot be read
     */
    public static SceneSet read(Path file, Path images, List<String> classes, OnError onError) {
        var problems = new Problems(onError);
        var coco = new Coco(file, problems);
        coco.parse();
        var known = classes != null ? classes : List.copyOf(coco.categories.values());
        return SceneSet.of(known, coco.pictures(images, known), problems);
    }

    private void parse() {
        try (var in = JSON.getFactory().createParser(file.toFile())) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException(file + ": expected a JSON object {…} with images, annotations and"
                        + " categories. Received something else.");
            }
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String name = in.currentName();
                in.nextToken();
                switch (name) {
                    case "images" -> each(in, image -> images.put(id(image, "id"), image));
                    case "categories" -> each(in, category ->
                            categories.put(id(category, "id"), category.path("name").asText()));
                    case "annotations" -> each(in, annotation -> {
                        if (annotation instanceof ObjectNode object) object.remove("segmentation");
                        annotations.add(annotation);
                    });
                    default -> in.skipChildren();
                }
            }
        } catch (JsonProcessingException e) {
            var at = e.getLocation();
            throw new IllegalArgumentException(file + (at == null ? "" : ":" + at.getLineNr() + ":" + at.getColumnNr())
                    + ": not JSON. " + JsonErrors.reason(e), e);
        } catch (CharConversionException e) {
            throw new IllegalArgumentException(file + ": not JSON in UTF-8. " + e.getMessage(), e);
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
        if (images.isEmpty() || categories.isEmpty()) {
            throw new IllegalArgumentException(file + ": expected " + (images.isEmpty() ? "images" : "categories")
                    + ". Received none; is it COCO's format for detection?");
        }
    }

    private interface Element {
        void take(JsonNode element);
    }

    private void each(JsonParser in, Element element) throws IOException {
        if (in.currentToken() != JsonToken.START_ARRAY) {
            throw new IllegalArgumentException(file + ": expected a list as " + in.currentName() + ". Received "
                    + in.currentToken() + ".");
        }
        while (in.nextToken() != JsonToken.END_ARRAY) element.take(JSON.readTree(in));
    }

    private long id(JsonNode object, String key) {
        if (object.path(key).isIntegralNumber()) return object.get(key).asLong();
        throw new IllegalArgumentException(file + ": expected an integer as " + key + ". Received " + object + ".");
    }

    private List<Annotated> pictures(Path folder, List<String> classes) {
        var boxes = new HashMap<Long, List<LabeledBox>>();
        for (var annotation : annotations) {
            long image = id(annotation, "image_id");
            if (!images.containsKey(image)) {
                problems.found(file, what(annotation) + ": expected the id of one of the images. Received " + image
                        + ".");
                continue;
            }
            var box = box(annotation, images.get(image), classes);
            if (box != null) boxes.computeIfAbsent(image, _ -> new ArrayList<>()).add(box);
        }
        var pictures = new ArrayList<Annotated>();
        images.forEach((id, image) -> {
            var picture = folder.resolve(image.path("file_name").asText());
            int width = image.path("width").asInt();
            int height = image.path("height").asInt();
            if (!Files.isRegularFile(picture)) {
                problems.found(file, "expected the picture " + picture + ". Received none.");
            } else if (width < 1 || height < 1) {
                problems.found(file, "expected width and height of " + picture.getFileName() + ". Received " + width
                        + " and " + height + ".");
            } else {
                pictures.add(new Annotated(picture, height, width, boxes.getOrDefault(id, List.of()), null));
            }
        });
        return pictures;
    }

    private static String what(JsonNode annotation) { return "annotation " + annotation.path("id").asText("?"); }

    /** Null if it is skipped. */
    private LabeledBox box(JsonNode annotation, JsonNode image, List<String> classes) {
        String name = categories.get(id(annotation, "category_id"));
        int label = name == null ? -1 : classes.indexOf(name);
        if (label < 0) {
            problems.found(file, what(annotation) + ": expected one of the classes " + classes + ". Received "
                    + (name == null ? "category_id " + annotation.get("category_id") : name) + ".");
            return null;
        }
        var sides = annotation.path("bbox");
        if (sides.size() != 4) {
            problems.found(file, what(annotation) + ": expected a bbox of four numbers. Received " + sides + ".");
            return null;
        }
        double left = sides.get(0).asDouble(Double.NaN);
        double top = sides.get(1).asDouble(Double.NaN);
        Box box = problems.checked(file, what(annotation), left, top, left + sides.get(2).asDouble(Double.NaN),
                top + sides.get(3).asDouble(Double.NaN), image.path("height").asInt(), image.path("width").asInt());
        if (box == null) return null;
        double area = Math.max(annotation.path("area").asDouble(box.area()), 0);
        if (!Double.isFinite(area)) {
            problems.found(file, what(annotation) + ": expected an area. Received " + annotation.get("area") + ".");
            return null;
        }
        return new LabeledBox(box, label, area, annotation.path("iscrowd").asInt() == 1, false);
    }

    /**
     * A file that is being written: pictures are added, and {@link #write} writes them all.
     *
     * <pre>{@code
     * var coco = new Coco.Writer(List.of("cat", "dog"));
     * coco.add("1.jpg", 480, 640, scene.boxes());
     * coco.write(Path.of("instances.json"));
     * }</pre>
     */
    public static final class Writer {
        private final ObjectNode root = JSON.createObjectNode();
        private final List<String> classes;

        /** @param classes names, in the order of the labels; their ids count from 1, as COCO's do */
        public Writer(List<String> classes) {
            this.classes = List.copyOf(classes);
            root.putArray("images");
            root.putArray("annotations");
            for (int i = 0; i < classes.size(); i++) {
                root.withArray("categories").addObject().put("id", i + 1).put("name", classes.get(i));
            }
        }

        /**
         * Adds a picture and its boxes. What is difficult is not told: COCO has no such thing.
         *
         * @throws IllegalArgumentException for a label without a name
         */
        public void add(String fileName, int height, int width, List<LabeledBox> boxes) {
            var images = root.withArray("images");
            int id = images.size() + 1;
            images.addObject().put("id", id).put("file_name", fileName).put("height", height).put("width", width);
            for (var thing : boxes) {
                Yolo.name(thing.label(), classes);
                Box box = thing.box();
                var annotations = root.withArray("annotations");
                annotations.addObject().put("id", annotations.size() + 1).put("image_id", id)
                        .put("category_id", thing.label() + 1).put("area", thing.area())
                        .put("iscrowd", thing.crowd() ? 1 : 0)
                        .putArray("bbox").add(box.left()).add(box.top()).add(box.width()).add(box.height());
            }
        }

        /** @throws java.io.UncheckedIOException if it cannot be written */
        public void write(Path file) { AtomicFiles.write(file, root.toString()); }
    }
}
