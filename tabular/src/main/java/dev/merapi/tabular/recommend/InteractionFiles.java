package dev.merapi.tabular.recommend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.merapi.io.AtomicFiles;
import dev.merapi.io.JsonFile;
import dev.merapi.io.Safetensors;
import dev.merapi.io.SafetensorsFile;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Interactions in the folder of a run: {@code ids.json} with the names, {@code interactions.safetensors} with the rest.
 */
final class InteractionFiles {
    private static final String NAMES = "ids.json";
    private static final String NUMBERS = "interactions.safetensors";

    private InteractionFiles() {}

    static void save(Interactions.Split split, Path folder) {
        var ids = JsonNodeFactory.instance.objectNode();
        split.train().users().names().forEach(ids.putArray("users")::add);
        split.train().items().names().forEach(ids.putArray("items")::add);
        AtomicFiles.write(folder.resolve(NAMES), ids + "\n");
        try (var _ = Scope.open()) {
            var tensors = new LinkedHashMap<String, Tensor>();
            put(tensors, "train.", split.train());
            put(tensors, "test.", split.test());
            Safetensors.write(folder.resolve(NUMBERS), tensors, Map.of());
        }
    }

    private static void put(Map<String, Tensor> tensors, String prefix, Interactions part) {
        tensors.put(prefix + "user", Tensor.of(part.userOfEach()));
        tensors.put(prefix + "item", Tensor.of(part.itemOfEach()));
        tensors.put(prefix + "rating", Tensor.of(part.ratingOfEach()));
        tensors.put(prefix + "time", Tensor.of(part.timeOfEach()));
    }

    /** @throws IllegalArgumentException naming the file, if it holds something else */
    static Interactions.Split load(Path folder) {
        Path file = folder.resolve(NAMES);
        var json = JsonFile.object(file);
        var users = Ids.of("user", texts(json, "users", file));
        var items = Ids.of("item", texts(json, "items", file));
        Path numbers = folder.resolve(NUMBERS);
        try (var _ = Scope.open()) {
            var saved = SafetensorsFile.open(numbers);
            return new Interactions.Split(part(saved, "train.", users, items, numbers),
                    part(saved, "test.", users, items, numbers));
        }
    }

    private static List<String> texts(JsonNode json, String key, Path file) {
        var texts = new ArrayList<String>();
        json.path(key).forEach(text -> texts.add(text.asText()));
        if (!texts.isEmpty()) return texts;
        throw new IllegalArgumentException(file + ": expected a list \"" + key + "\" of names. Received none.");
    }

    private static Interactions part(SafetensorsFile saved, String prefix, Ids users, Ids items, Path file) {
        int[] user = saved.tensor(prefix + "user").toInts();
        int[] item = saved.tensor(prefix + "item").toInts();
        double[] rating = saved.tensor(prefix + "rating").toDoubles();
        double[] time = saved.tensor(prefix + "time").toDoubles();
        boolean fits = item.length == user.length && rating.length == user.length && time.length == user.length
                && IntStream.of(user).allMatch(u -> u >= 0 && u < users.size())
                && IntStream.of(item).allMatch(i -> i >= 0 && i < items.size());
        if (fits) return Interactions.of(users, items, user, item, rating, time);
        throw new IllegalArgumentException(file + ": expected interactions of the " + users.size() + " users and "
                + items.size() + " items in " + NAMES + ". Received others; are the files of one run?");
    }
}
