package dev.merapi.recipe;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The classes of an input, or other answers by name, and their probabilities.
 *
 * <pre>{@code
 * Classes answer = model.predict(Image.read(Path.of("rose.jpg")));
 * IO.println(answer.best().label());                // rose
 * IO.println(answer.top(2));                        // rose 98.1 %, tulip 1.2 %
 * IO.println(answer.probability("tulip"));          // 0.0123…
 * }</pre>
 *
 * @param all of a classifier all classes, in the order of the model's outputs, whatever the input
 */
public record Classes(@JsonValue List<Prediction> all) implements Ranked<Classes> {
    private static final int BAR = 20;
    private static final Comparator<Prediction> MOST_PROBABLE =
            Comparator.comparingDouble(Prediction::probability).reversed();

    /** @throws IllegalArgumentException if there is none */
    public Classes {
        all = List.copyOf(all);
        if (all.isEmpty()) throw new IllegalArgumentException("Classes: expected at least one. Received none.");
    }

    /**
     * The classes of each row of a batch.
     *
     * @param labels names of the classes by index
     * @param probabilities (N, classes)
     * @throws IllegalArgumentException if labels and shape do not fit, or a probability is no number
     */
    public static List<Classes> of(List<String> labels, Tensor probabilities) {
        int classes = labels.size();
        if (probabilities.rank() != 2 || probabilities.size(1) != classes) {
            throw new IllegalArgumentException("Classes: expected a model of " + classes + " classes, one for each"
                    + " label. Received probabilities " + Shapes.toString(probabilities.shape()));
        }
        float[] values = probabilities.toFloats();
        return IntStream.range(0, values.length / classes)
                .mapToObj(row -> new Classes(IntStream.range(0, classes)
                        .mapToObj(c -> new Prediction(labels.get(c), values[row * classes + c])).toList()))
                .toList();
    }

    /** The most probable. */
    public Prediction best() { return top(1).all.getFirst(); }

    @Override public Classes top(int n) { return new Classes(all.stream().sorted(MOST_PROBABLE).limit(n).toList()); }

    /** Their names, in order. */
    public List<String> labels() { return all.stream().map(Prediction::label).toList(); }

    /** Their probabilities, in order: of a classifier a vector, for explanations and ensembles. */
    public double[] probabilities() { return all.stream().mapToDouble(Prediction::probability).toArray(); }

    /**
     * The probability of one of them.
     *
     * @throws IllegalArgumentException naming those there are, if there is none of this name
     */
    public double probability(String label) {
        return all.stream().filter(one -> one.label().equals(label)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Classes: expected one of " + labels() + ". Received "
                        + label + "."))
                .probability();
    }

    /**
     * A line for each, with a bar as long as it is probable, in the order of {@link #all}:
     *
     * <pre>
     *   Egyptian cat   76.9 %  ███████████████▍
     *   tiger cat      14.9 %  ███
     * </pre>
     */
    public String bars() {
        int width = all.stream().mapToInt(one -> one.label().length()).max().orElse(0);
        return all.stream().map(one -> ("  %-" + width + "s  %5.1f %%  %s").formatted(one.label(),
                100 * one.probability(), bar(one.probability())).stripTrailing()).collect(Collectors.joining("\n"));
    }

    /** Up to 20 letters wide, in eighths of a letter. */
    private static String bar(double probability) {
        int eighths = (int) Math.round(BAR * 8 * Math.clamp(probability, 0, 1));
        return "█".repeat(eighths / 8) + (eighths % 8 == 0 ? "" : (char) ('█' + 8 - eighths % 8));
    }

    /** Such as {@code cat 91.2 %, dog 5.0 %}. */
    @Override public String toString() {
        return all.stream().map(Prediction::toString).collect(Collectors.joining(", "));
    }
}
