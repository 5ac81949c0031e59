package dev.merapi.tensor;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Prints tensors character by character as PyTorch does (its {@code torch/_tensor_str.py} gives the rules). */
final class TensorFormat {
    private static final int THRESHOLD = 1000; // elements, from which on the middle is left out
    private static final int EDGE = 3;
    private static final int WIDTH = 80;
    private static final int DIGITS = 4;
    private static final String PREFIX = "tensor(";

    private final long[] shape;
    private final long[] shown; // the shape of what is printed: at most EDGE at each end where summarised
    private final IntFunction<String> elements;
    private final int elementWidth;

    private TensorFormat(Tensor t) {
        shape = t.shape();
        boolean summarised = t.numel() > THRESHOLD;
        shown = Arrays.stream(shape).map(n -> summarised && n > 2 * EDGE ? 2 * EDGE : n).toArray();
        try (Tensor edges = edges(t)) {
            if (edges.dtype().isComplex()) {
                double[] pairs = pairs(edges);
                var real = Numbers.of(every(2, 0, pairs));
                var imaginary = Numbers.of(every(2, 1, pairs));
                elements = i -> complex(real.format(i), imaginary.format(i));
                elementWidth = real.width + imaginary.width + 1;
            } else {
                var numbers = switch (edges.dtype()) {
                    case BOOL -> Numbers.of(edges.toBooleans());
                    case DType type when type.isFloating() -> Numbers.of(edges.toDoubles());
                    case UINT64 -> Numbers.ofUnsigned(edges.toLongs());
                    default -> Numbers.of(edges.toLongs());
                };
                elements = numbers::format;
                elementWidth = numbers.width;
            }
        }
    }

    static String format(Tensor t) {
        if (t.device().equals(Device.META)) return withSuffixes(PREFIX + "...", suffixes(t));
        if (t.isSparse()) return sparse(t);
        String values = t.numel() == 0 ? "[]" : new TensorFormat(t).block(0, 0, PREFIX.length());
        return withSuffixes(PREFIX + values, suffixes(t));
    }

    private static String sparse(Tensor t) {
        try (Tensor indices = Tensor.call("_indices", "", t); Tensor values = Tensor.call("_values", "", t);
                Tensor plain = values.detach()) {
            var parts = new ArrayList<String>();
            parts.add(named("indices=", indices));
            parts.add(named("values=", plain));
            parts.add("size=" + Shapes.toString(t.shape()) + ", nnz=" + indices.size(1)
                    + ", layout=torch.sparse_coo");
            return PREFIX + String.join(",\n" + " ".repeat(PREFIX.length()), parts) + ")";
        }
    }

    private static String named(String name, Tensor t) {
        return name + format(t).replace("\n", "\n" + " ".repeat(PREFIX.length() + name.length()));
    }

    /** The part of a tensor that is printed. */
    private static Tensor edges(Tensor t) {
        boolean all = t.numel() <= THRESHOLD;
        Tensor edges = t.detach();
        for (int dim = 0; dim < t.rank(); dim++) {
            long n = t.size(dim);
            if (all || n <= 2 * EDGE) continue;
            try (Tensor whole = edges;
                    Tensor head = whole.narrow(dim, 0, EDGE);
                    Tensor tail = whole.narrow(dim, n - EDGE, EDGE)) {
                edges = Tensor.cat(List.of(head, tail), dim);
            }
        }
        return edges;
    }

    private static double[] pairs(Tensor complex) {
        try (Tensor resolved = Tensor.call("resolve_conj", "", complex); Tensor pairs = resolved.viewAsReal()) {
            return pairs.toDoubles();
        }
    }

    private static double[] every(int step, int from, double[] values) {
        return IntStream.range(0, values.length / step).mapToDouble(i -> values[from + step * i]).toArray();
    }

    private static String complex(String real, String imaginary) {
        String bare = imaginary.strip();
        return real + (bare.startsWith("-") ? "" : "+") + bare + "j";
    }

    /** The nested brackets of dimensions {@code dim} and up, whose first element is number {@code first}. */
    private String block(int dim, int first, int indent) {
        if (dim == shape.length) return elements.apply(first);
        var parts = new ArrayList<String>();
        boolean row = dim == shape.length - 1;
        int stride = (int) Shapes.numel(Arrays.copyOfRange(shown, dim + 1, shown.length));
        for (int i = 0; i < shown[dim]; i++) {
            if (i == EDGE && shown[dim] < shape[dim]) parts.add(row ? " ..." : "...");
            parts.add(block(dim + 1, first + i * stride, indent + 1));
        }
        String margin = " ".repeat(indent + 1);
        if (!row) return "[" + String.join("," + "\n".repeat(shape.length - dim - 1) + margin, parts) + "]";

        int perLine = Math.max(1, (WIDTH - indent) / (elementWidth + 2));
        return IntStream.rangeClosed(0, (parts.size() - 1) / perLine)
                .mapToObj(line -> parts.subList(line * perLine, Math.min(parts.size(), (line + 1) * perLine)))
                .map(line -> String.join(", ", line))
                .collect(Collectors.joining(",\n" + margin, "[", "]"));
    }

    private static List<String> suffixes(Tensor t) {
        var suffixes = new ArrayList<String>();
        boolean empty = t.numel() == 0;
        if (!t.device().equals(Device.CPU)) suffixes.add("device='" + t.device() + "'");
        boolean unseen = t.device().equals(Device.META);
        if (unseen || empty && t.rank() != 1) suffixes.add("size=" + Shapes.toString(t.shape()));
        boolean obvious = switch (t.dtype()) {
            case FLOAT32 -> true;
            case INT64, BOOL, COMPLEX64 -> !empty && !unseen;
            default -> false;
        };
        if (!obvious) suffixes.add("dtype=torch." + t.dtype());
        String made = Autograd.nodeName(t);
        if (made != null) suffixes.add("grad_fn=<" + made + ">");
        else if (t.requiresGrad()) suffixes.add("requires_grad=True");
        return suffixes;
    }

    private static String withSuffixes(String values, List<String> suffixes) {
        var text = new StringBuilder(values);
        int column = values.length() - values.lastIndexOf('\n') + 1;
        for (String suffix : suffixes) {
            if (column + suffix.length() + 2 > WIDTH) {
                text.append(",\n").append(" ".repeat(PREFIX.length())).append(suffix);
                column = PREFIX.length() + suffix.length();
            } else {
                text.append(", ").append(suffix);
                column += suffix.length() + 2;
            }
        }
        return text.append(')').toString();
    }

    /** Numbers that share one notation and one width. */
    private record Numbers(IntFunction<String> texts, int width) {
        String format(int i) {
            String text = texts.apply(i);
            return " ".repeat(Math.max(0, width - text.length())) + text;
        }

        static Numbers of(boolean[] values) { return padded(i -> values[i] ? "True" : "False", values.length); }

        static Numbers of(long[] values) { return padded(i -> Long.toString(values[i]), values.length); }

        static Numbers ofUnsigned(long[] values) {
            return padded(i -> Long.toUnsignedString(values[i]), values.length);
        }

        private static Numbers padded(IntFunction<String> text, int count) {
            return new Numbers(text, IntStream.range(0, count).map(i -> text.apply(i).length()).max().orElse(1));
        }

        /** Whole numbers as {@code 3.}, a moderate range as {@code 3.1416}, else {@code 3.1416e+00}. */
        static Numbers of(double[] values) {
            double[] nonzero = Arrays.stream(values).filter(x -> x != 0 && Double.isFinite(x)).toArray();
            DoubleUnaryOperator abs = Math::abs;
            double max = Arrays.stream(nonzero).map(abs).max().orElse(1);
            double min = Arrays.stream(nonzero).map(abs).min().orElse(1);
            boolean whole = Arrays.stream(nonzero).allMatch(x -> x == Math.ceil(x));
            boolean scientific = max / min > 1000 || max > 1e8 || (!whole && min < 1e-4);
            IntFunction<String> text = i -> text(values[i], scientific, whole);
            // The width of zeros, NaN and infinities does not count.
            int width = Arrays.stream(nonzero).mapToInt(x -> text(x, scientific, whole).length()).max().orElse(1);
            return new Numbers(text, width);
        }

        private static String text(double x, boolean scientific, boolean whole) {
            if (Double.isNaN(x)) return "nan";
            boolean negative = Double.doubleToRawLongBits(x) < 0;
            if (Double.isInfinite(x)) return negative ? "-inf" : "inf";
            // BigDecimal holds the binary value exactly: halves round as in C, which String.format does not promise.
            var exact = new BigDecimal(Math.abs(x));
            String digits = scientific ? scientific(exact)
                    : exact.setScale(whole ? 0 : DIGITS, RoundingMode.HALF_EVEN).toPlainString() + (whole ? "." : "");
            return (negative ? "-" : "") + digits;
        }

        private static String scientific(BigDecimal x) {
            var rounded = x.round(new MathContext(DIGITS + 1, RoundingMode.HALF_EVEN));
            int exponent = x.signum() == 0 ? 0 : rounded.precision() - rounded.scale() - 1;
            String digits = rounded.scaleByPowerOfTen(-exponent).setScale(DIGITS, RoundingMode.UNNECESSARY)
                    .toPlainString();
            return "%se%s%02d".formatted(digits, exponent < 0 ? "-" : "+", Math.abs(exponent));
        }
    }
}
