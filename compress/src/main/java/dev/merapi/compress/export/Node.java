package dev.merapi.compress.export;

import java.util.List;

/**
 * One operator in a {@link Trace}.
 *
 * @param arguments {@link Value}, arrays of it, {@link Size} for whole numbers, arrays of it, and others as they were
 * @param layer where in the model
 */
record Node(String name, List<Object> arguments, List<Value> results, String layer) {
    String where() { return name + (layer.isEmpty() ? "" : " in " + layer); }
}
