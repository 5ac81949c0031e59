package dev.merapi.text.model.llama;

import java.util.List;
import java.util.Map;

/**
 * {@code rope_scaling} of a file, or the newer {@code rope_parameters}.
 *
 * @param context most tokens of the model
 */
record RopeScaling(Map<?, ?> numbers, int context) {
    /** @param numbers null for none */
    static RopeScaling of(Map<?, ?> numbers, int context) {
        return new RopeScaling(numbers == null ? Map.of() : numbers, context);
    }

    String type() {
        Object type = numbers.get("rope_type") == null ? numbers.get("type") : numbers.get("rope_type");
        return type == null ? "default" : type.toString();
    }

    double number(String key) {
        if (numbers.get(key) instanceof Number n) return n.doubleValue();
        throw new IllegalArgumentException("LlamaConfig.rope_scaling: expected a number " + key + ". Received "
                + numbers.get(key));
    }

    double number(String key, double usual) { return numbers.get(key) == null ? usual : number(key); }

    /** Most tokens of the texts that the model first learnt from. */
    double original() { return number("original_max_position_embeddings", context); }

    /** How many times longer texts may be now. */
    double stretch() { return number("factor", context / original()); }

    /** Most tokens that the model reads: {@code dynamic} alone goes beyond the context. */
    int mostTokens() { return type().equals("dynamic") ? (int) (context * number("factor")) : context; }

    List<Double> list(String key, int length) {
        if (numbers.get(key) instanceof List<?> list && list.size() == length
                && list.stream().allMatch(Number.class::isInstance)) {
            return list.stream().map(n -> ((Number) n).doubleValue()).toList();
        }
        throw new IllegalArgumentException("LlamaConfig.rope_scaling: expected " + length + " numbers " + key
                + ". Received " + numbers.get(key));
    }
}
