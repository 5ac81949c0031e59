package dev.merapi.compress.export;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** How each operator of the engine is written as operators of ONNX 17. */
final class OnnxOperators {
    /** Writes one. */
    @FunctionalInterface
    interface Writer {
        void write(Call call);
    }

    private static final Map<String, Writer> ALL = new HashMap<>();

    static {
        Elementwise.addTo(ALL);
        Shaping.addTo(ALL);
        Reductions.addTo(ALL);
        Networks.addTo(ALL);
        Recurrences.addTo(ALL);
    }

    private OnnxOperators() {}

    static Optional<Writer> of(String operator) { return Optional.ofNullable(ALL.get(operator)); }
}
