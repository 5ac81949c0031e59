package dev.merapi.text.model.llama;

import dev.merapi.tensor.Expect;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Which layers see a window, and which all: {@code layer_types} of newer files, and what older ones say instead. */
final class LayerTypes {
    private static final String WINDOW = "sliding_attention";
    private static final String ALL = "full_attention";

    private LayerTypes() {}

    /** Of so many layers, by the settings of a file; null where none of the family's files has them. */
    static List<String> of(Family family, int layers, Map<String, Object> file) {
        return switch (family) {
            case LLAMA, MISTRAL, GEMMA -> null;
            case QWEN2, QWEN3 -> list(layers, i -> Boolean.TRUE.equals(file.get("use_sliding_window"))
                    && i >= number(file, "max_window_layers", 28));
            case GEMMA2 -> list(layers, i -> i % 2 == 0);
            case GEMMA3 -> {
                int pattern = number(file, "sliding_window_pattern", 6);
                Expect.that(pattern > 0, "LlamaConfig.sliding_window_pattern", "at least 1", pattern);
                yield list(layers, i -> (i + 1) % pattern != 0);
            }
        };
    }

    private static int number(Map<String, Object> file, String key, int usual) {
        return file.get(key) instanceof Number n ? n.intValue() : usual;
    }

    private static List<String> list(int layers, IntPredicate window) {
        return IntStream.range(0, layers).mapToObj(i -> window.test(i) ? WINDOW : ALL).toList();
    }

    /** All of so many layers see a window. */
    static List<String> windows(int layers) { return list(layers, _ -> true); }

    static String of(boolean local) { return local ? WINDOW : ALL; }

    static boolean seesWindow(String type) { return type.equals(WINDOW); }

    static boolean areKnown(List<String> types) { return types.stream().allMatch(List.of(WINDOW, ALL)::contains); }
}
