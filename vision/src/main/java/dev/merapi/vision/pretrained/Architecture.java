package dev.merapi.vision.pretrained;

import dev.merapi.io.ModelFolder;
import dev.merapi.io.Weights;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Torch;
import dev.merapi.vision.model.Backbone;
import dev.merapi.vision.transform.ImageProcessor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** What a {@code config.json} says of a network for images. */
public final class Architecture {
    private static final String FILE = "architecture.json"; // in the folder of a run, whose config.json is the recipe's
    private static final List<String> OF_CLASSES = // they follow from the labels
            List.of("id2label", "label2id", "label_names", "labels", "num_classes", "num_labels");

    private final Map<String, Object> config;
    private final IntFunction<Backbone> network;
    private final ImageProcessor usual; // or null

    private Architecture(Map<String, Object> config, IntFunction<Backbone> network, ImageProcessor usual) {
        this.config = config;
        this.network = network;
        this.usual = usual;
    }

    /** Whether a {@code config.json} names a network that is known here. */
    static boolean isKnown(Map<String, Object> config) {
        return HuggingFace.TYPES.contains(text(config, "model_type")) || Networks.isKnown(text(config, "architecture"));
    }

    /**
     * The network of a {@code config.json}.
     *
     * @throws IllegalArgumentException if it is none that is known here, or asks for what it cannot do
     */
    static Architecture of(Map<String, Object> config) {
        String type = text(config, "model_type"), name = text(config, "architecture");
        if (HuggingFace.TYPES.contains(type)) return new Architecture(config, HuggingFace.network(type, config), null);
        Expect.that(Networks.isKnown(name), "config.json", "model_type " + HuggingFace.TYPES + ", or architecture "
                + Networks.NAMES, "model_type \"" + type + "\" and architecture \"" + name + "\"");
        return new Architecture(config, Networks.named(name), Networks.usual(name));
    }

    /** That of a network of {@link Networks}, by its name. */
    static Architecture named(String name) { return of(Map.of("architecture", name)); }

    /**
     * That of a run that began with a pretrained network.
     *
     * @throws IllegalArgumentException if it did not
     */
    public static Architecture ofRun(Path run) { return of(ModelFolder.readMap(run.resolve(FILE))); }

    /** Notes it in the folder of a run, for {@link #ofRun}. */
    public void saveForRun(Path run, int classes) { ModelFolder.writeConfig(config(classes), run.resolve(FILE)); }

    /** A new network of this kind, with weights by chance. */
    public Backbone build(int classes) { return network.apply(classes); }

    /** For a {@code config.json} of as many classes. */
    Map<String, Object> config(int classes) {
        var map = new LinkedHashMap<>(config);
        map.keySet().removeAll(OF_CLASSES);
        map.put("num_classes", classes);
        return map;
    }

    /** How pictures are prepared, where no file says it; null where one has to. */
    ImageProcessor usual() { return usual; }

    /** A file's tensors under the names that the network has here. */
    Weights named(Weights file) {
        if (file.names().stream().anyMatch(name -> name.startsWith("module."))) {
            return named(file.under("module.")); // trained by several GPUs
        }
        return Renaming.of(config, file);
    }

    /** Of how many classes the weights are. */
    int classes(Weights weights, Path folder) {
        String head;
        try (var _ = Torch.on(Device.META); var model = build(2)) {
            head = model.heads().getFirst() + ".weight";
        }
        Expect.that(weights.names().contains(head), folder.toString(), "weights with a classifier, " + head,
                weights.names().size() + " tensors, among them "
                + weights.names().stream().sorted().limit(3).toList());
        long[] shape = weights.shape(head);
        Expect.that(shape.length == 2 && shape[0] >= 2, folder + ": " + head, "(classes, features)",
                Shapes.toString(shape));
        return Math.toIntExact(shape[0]);
    }

    /** Names of the classes: those of the processor's file, those of this, or numbers. */
    List<String> labels(List<String> ofProcessor, int classes) {
        List<String> labels = ofProcessor.isEmpty() ? ofConfig(classes) : ofProcessor;
        Expect.that(labels.size() == classes, "labels", classes + " names, one for each class of the weights",
                labels.size());
        return ImageProcessor.numbered(labels);
    }

    private List<String> ofConfig(int classes) {
        if (config.get("id2label") instanceof Map<?, ?> names) {
            return IntStream.range(0, names.size()).mapToObj(i -> String.valueOf(names.get("" + i))).toList();
        }
        for (String key : List.of("label_names", "labels")) { // timm's, ours
            if (config.get(key) instanceof List<?> names) return names.stream().map(String::valueOf).toList();
        }
        var numbers = new ArrayList<String>();
        for (int i = 0; i < classes; i++) numbers.add("class " + i);
        return numbers;
    }

    private static String text(Map<String, Object> config, String key) {
        return config.get(key) instanceof String text ? text : "";
    }

    /** Such as {@code resnet50}. */
    @Override public String toString() {
        String name = text(config, "architecture");
        return name.isEmpty() ? text(config, "model_type") : name;
    }
}
