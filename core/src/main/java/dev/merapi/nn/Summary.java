package dev.merapi.nn;

import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What a model consists of, as one forward pass shows it.
 *
 * <pre>{@code
 * IO.println(Summary.of(model, 1, 3, 32, 32));        // the shape of one input, with its batch
 * }</pre>
 *
 * @param rows the layers in the order in which they first ran, those that never did last
 * @param trainable number of trainable parameters
 * @param frozen number of parameters that are not trained
 * @param bytes of all parameters and states
 */
public record Summary(List<Row> rows, long trainable, long frozen, long bytes) {
    /**
     * One layer.
     *
     * @param path its name in the model
     * @param type its class
     * @param output the shape of its last result; null if it did not run
     * @param parameters its own; one that several layers share counts in the first
     * @param multiplyAdds of its matrix products and convolutions in this pass
     */
    public record Row(String path, String type, long[] output, long parameters, long multiplyAdds) {
        private Row ran(Tensor y, long more) { return new Row(path, type, y.shape(), parameters, multiplyAdds + more); }
    }

    /** Runs a model on zeros, of its own type, of a shape that includes the batch, in evaluation mode. */
    public static <M extends Layer & Unary> Summary of(M model, long... inputShape) {
        return of(model, () -> model.forward(Tensor.empty(model.device(), model.dtype(), inputShape).zero_()));
    }

    /** Runs a model of any inputs, in evaluation mode: {@code Summary.of(model, () -> model.forward(ids))}. */
    public static Summary of(Layer model, Runnable forward) {
        var layers = model.layers();
        var rows = new LinkedHashMap<String, Row>();
        var own = ownParameters(layers);
        try (var _ = model.evaluating(); var _ = Scope.open(); var _ = Torch.noGrad();
                var _ = Hooks.listen(model, (path, type, y, multiplyAdds) -> {
            var row = rows.get(path);
            if (row == null) row = new Row(path, type, null, own.getOrDefault(path, 0L), 0);
            rows.put(path, row.ran(y, multiplyAdds));
        })) {
            forward.run();
        }
        own.forEach((path, count) -> rows.putIfAbsent(path,
                new Row(path, layers.get(path).getClass().getSimpleName(), null, count, 0)));
        rows.values().removeIf(row -> isContainer(layers.get(row.path()), row));
        return totals(model, List.copyOf(rows.values()));
    }

    /** Containers without work of their own are shown by what they contain. */
    private static boolean isContainer(Layer layer, Row row) {
        return layer != null && row.parameters() == 0 && row.multiplyAdds() == 0 && layer.layers().size() > 1;
    }

    private static Map<String, Long> ownParameters(Map<String, Layer> layers) {
        Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        var own = new LinkedHashMap<String, Long>();
        layers.forEach((path, layer) -> {
            long count = Fields.parts(layer).values().stream().filter(p -> p instanceof Param && seen.add(p))
                    .mapToLong(p -> ((Param) p).numel()).sum();
            if (count > 0) own.put(path, count);
        });
        return own;
    }

    private static Summary totals(Layer model, List<Row> rows) {
        var params = model.params().values();
        long trainable = params.stream().filter(Param::isTrainable).mapToLong(Tensor::numel).sum();
        Set<Tensor> all = Collections.newSetFromMap(new IdentityHashMap<>());
        all.addAll(model.tensors().values());
        long bytes = all.stream().mapToLong(t -> t.numel() * t.dtype().bytes()).sum();
        return new Summary(rows, trainable, model.parameterCount() - trainable, bytes);
    }

    /** Number of parameters, trainable or frozen. */
    public long parameters() { return trainable + frozen; }

    /** Multiplications with additions of one pass, over all layers. */
    public long multiplyAdds() { return rows.stream().mapToLong(Row::multiplyAdds).sum(); }

    /** A table as Keras prints it. */
    @Override public String toString() {
        var table = new Table();
        table.add("Layer (type)", "Output shape", "Parameters", "Multiply-adds");
        for (var row : rows) {
            String name = row.path().isEmpty() ? row.type() : row.path() + " (" + row.type() + ")";
            String shape = row.output() == null ? "not used" : Shapes.toString(row.output());
            table.add(name, shape, number(row.parameters()), number(row.multiplyAdds()));
        }
        return table + """

                Parameters     %s (%s)
                  trainable    %s
                  frozen       %s
                Multiply-adds  %s
                """.formatted(number(parameters()), size(bytes), number(trainable), number(frozen),
                number(multiplyAdds()));
    }

    private static String number(long n) { return String.format(Locale.ROOT, "%,d", n); }

    private static String size(long bytes) {
        double kib = bytes / 1024.0;
        if (kib < 1024) return String.format(Locale.ROOT, "%.1f KiB", kib);
        return kib < 1 << 20 ? String.format(Locale.ROOT, "%.1f MiB", kib / 1024)
                : String.format(Locale.ROOT, "%.1f GiB", kib / (1 << 20));
    }

    /** Columns as wide as their widest cell, numbers to the right. */
    private static final class Table {
        private final List<String[]> lines = new ArrayList<>();

        void add(String... cells) { lines.add(cells); }

        @Override public String toString() {
            var widths = new int[4];
            for (var cells : lines) {
                for (int i = 0; i < cells.length; i++) widths[i] = Math.max(widths[i], cells[i].length());
            }
            String format = "%-" + widths[0] + "s  %-" + widths[1] + "s  %" + widths[2] + "s  %" + widths[3] + "s\n";
            String rule = "-".repeat(widths[0] + widths[1] + widths[2] + widths[3] + 6);
            var text = new StringBuilder(format.formatted((Object[]) lines.getFirst())).append(rule).append('\n');
            lines.subList(1, lines.size()).forEach(cells -> text.append(format.formatted((Object[]) cells)));
            return text.append(rule).toString();
        }
    }
}
