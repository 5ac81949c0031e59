package dev.merapi.tabular.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.merapi.io.AtomicFiles;
import dev.merapi.io.JsonFile;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Makes a model's inputs of rows: what it has learnt from the training rows, such as means, categories and classes, it
 * applies to all others unchanged. It is saved with the model, so that prediction sees what training saw.
 *
 * <pre>{@code
 * var fold = TableSplit.random(frame, 0.2, 1337);
 * var preprocessing = TablePreprocessing.fit(Features.of(fold.train(), "survived"), fold.train());
 * var batch = preprocessing.apply(fold.test());
 * preprocessing.save(Path.of("runs/titanic"));
 * }</pre>
 *
 * It has no state that changes: several threads may apply it at once.
 */
public final class TablePreprocessing {
    private static final String FILE = "preprocessing.json";
    private static final int PART = 65_536; // rows read at a time
    private static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES).build();

    private final Saved saved;
    private final List<Encoder.Numeric> numeric;
    private final List<Encoder.Categorical> categorical;
    private final List<Encoder.Coder> coders; // of these
    private final List<Encoder.NamedLists> lists;
    private final List<Function<String[], long[]>> listCoders; // of these
    private final List<Encoder.Crossed> crosses;

    /**
     * What the file holds.
     *
     * @param columns that the features read, as the training rows had them
     */
    private record Saved(List<Field> columns, List<Encoder> features, Target target) {}

    private TablePreprocessing(Saved saved) {
        this.saved = saved;
        numeric = only(Encoder.Numeric.class);
        categorical = only(Encoder.Categorical.class);
        coders = categorical.stream().map(Encoder.Categorical::coder).toList();
        lists = only(Encoder.NamedLists.class);
        listCoders = lists.stream().map(Encoder.NamedLists::coder).toList();
        crosses = only(Encoder.Crossed.class);
    }

    private <E> List<E> only(Class<E> type) {
        return saved.features.stream().filter(type::isInstance).map(type::cast).toList();
    }

    // ---- learning

    /**
     * Learns from training rows, and from no others.
     *
     * @throws IllegalArgumentException if a column is not there, or of another kind than its feature needs
     */
    public static TablePreprocessing fit(Features features, Frame train) {
        return fit(features, List.of(train).iterator(), features.learnTarget(train));
    }

    /**
     * As {@link #fit(Features, Frame)}, reading the training rows part by part: memory holds the targets, and one part.
     *
     * @throws IllegalArgumentException as {@link #fit(Features, Frame)}, and if there are no rows
     */
    public static TablePreprocessing fit(Features features, Table train) {
        var targets = train.select(Table.name(features.target())).frame();
        try (var parts = train.frames(PART)) {
            return fit(features, parts, features.learnTarget(targets));
        }
    }

    private static TablePreprocessing fit(Features features, Iterator<Frame> parts, Target target) {
        var learners = features.features().stream().map(Learner::of).toList();
        List<Field> fields = null;
        while (parts.hasNext()) {
            var part = parts.next();
            fields = part.fields();
            learners.forEach(learner -> learner.add(part));
        }
        if (fields == null) throw new IllegalArgumentException("TablePreprocessing.fit: expected rows. Received none.");
        var read = features.features().stream().flatMap(feature -> feature.columns().stream()).distinct().toList();
        return new TablePreprocessing(new Saved(fields.stream().filter(field -> read.contains(field.name())).toList(),
                learners.stream().map(Learner::finish).toList(), target));
    }

    // ---- what a model needs to know

    /** What is predicted. */
    public Target target() { return saved.target; }

    /** The columns that it reads, with the kinds that the training rows had; without the target. */
    public List<Field> columns() { return saved.columns; }

    /** Names of the numbers of {@link TableBatch#numbers}, in order. */
    public List<String> numbers() { return numeric.stream().flatMap(n -> n.outputs().stream()).toList(); }

    /**
     * The sizes of its batches. Of a category, id 0 is one that the training rows do not have, 1 a missing one, the
     * rest are those that they have; of a list, 0 fills up and 1 is what they do not have.
     */
    public Inputs inputs() {
        return new Inputs(numbers().size(), categorical.stream().map(Encoder.Categorical::ids).toList(),
                lists.stream().map(Encoder.NamedLists::ids).toList(),
                crosses.stream().map(Encoder.Crossed::buckets).toList());
    }

    /** The column that each of {@link #numbers} is made of, in order. */
    public List<String> numberColumns() {
        return numeric.stream().flatMap(n -> n.outputs().stream().map(_ -> n.column())).toList();
    }

    /** Names of the columns of {@link TableBatch#lists}, in order. */
    public List<String> lists() { return lists.stream().map(Encoder::column).toList(); }

    /** Names of the columns of {@link TableBatch#crosses}, in order: {@code a x b}. */
    public List<String> crosses() { return crosses.stream().map(Encoder::column).toList(); }

    /** Names of the columns of {@link TableBatch#categories}, in order. */
    public List<String> categories() { return categorical.stream().map(Encoder::column).toList(); }

    /** The values that a column's category learnt, in the order of their ids; empty where it has none of its own. */
    public List<String> values(String column) {
        return categorical.stream().filter(c -> c.column().equals(column)).findFirst()
                .map(c -> c instanceof Encoder.Named named ? named.values() : List.<String>of()).orElse(List.of());
    }

    // ---- applying

    /**
     * The inputs of rows, and their targets if the target's column is there.
     *
     * @throws IllegalArgumentException if a column is not there or of another kind, or a target is missing
     */
    public TableBatch apply(Frame rows) {
        return encode(rows, rows.has(saved.target.column()) ? saved.target.of(rows) : null);
    }

    /** As {@link #apply}, for rows whose target is to be predicted: a column of it is not looked at. */
    public TableBatch withoutTarget(Frame rows) { return encode(rows, null); }

    /** The inputs of a row in which every value is missing. */
    public TableBatch blank() {
        return withoutTarget(Frame.of(saved.columns.stream().map(field -> Column.missing(field, 1)).toList()));
    }

    private TableBatch encode(Frame rows, Tensor target) {
        return new TableBatch(numbers(rows), categories(rows),
                IntStream.range(0, lists.size()).mapToObj(i -> list(rows, i)).toList(), crosses(rows), target);
    }

    private Tensor numbers(Frame rows) {
        int width = numbers().size();
        var values = new float[Math.multiplyExact(rows.size(), width)];
        int at = 0;
        for (var encoder : numeric) {
            var column = rows.column(encoder.column());
            for (int row = 0; row < rows.size(); row++) encoder.encode(column, row, values, row * width + at);
            at += encoder.outputs().size();
        }
        return Tensor.of(values, rows.size(), width);
    }

    private Tensor categories(Frame rows) {
        int width = categorical.size();
        var ids = new long[Math.multiplyExact(rows.size(), width)];
        for (int c = 0; c < width; c++) {
            var column = rows.column(categorical.get(c).column());
            var coder = coders.get(c);
            for (int row = 0; row < rows.size(); row++) ids[row * width + c] = coder.encode(column, row);
        }
        return Tensor.of(ids, rows.size(), width);
    }

    private Tensor list(Frame rows, int index) {
        var encoder = lists.get(index);
        var column = rows.column(encoder.column());
        var all = IntStream.range(0, rows.size()).mapToObj(row -> listCoders.get(index)
                .apply(Encoder.NamedLists.parts(column, row, encoder.separator()))).toList();
        int longest = Math.max(1, all.stream().mapToInt(ids -> ids.length).max().orElse(0));
        var filled = new long[Math.multiplyExact(rows.size(), longest)];
        for (int row = 0; row < all.size(); row++) {
            System.arraycopy(all.get(row), 0, filled, row * longest, all.get(row).length);
        }
        return Tensor.of(filled, rows.size(), longest);
    }

    private Tensor crosses(Frame rows) {
        int width = crosses.size();
        var buckets = new long[Math.multiplyExact(rows.size(), width)];
        for (int c = 0; c < width; c++) {
            var cross = crosses.get(c);
            var columns = cross.columns().stream().map(rows::column).toList();
            for (int row = 0; row < rows.size(); row++) buckets[row * width + c] = cross.encode(columns, row);
        }
        return Tensor.of(buckets, rows.size(), width);
    }

    // ---- batches

    /** Rows in memory to load batches from, encoded once, now. */
    public TableRows rows(Frame rows) {
        try (var _ = Scope.open()) {
            return new TableRows(apply(rows));
        }
    }

    // ---- files

    /** Writes {@code preprocessing.json} into the folder of a run. */
    public void save(Path folder) {
        try {
            AtomicFiles.write(folder.resolve(FILE), JSON.writeValueAsString(saved) + "\n");
        } catch (JsonProcessingException e) {
            throw new AssertionError(saved.toString(), e); // of records, lists, texts and numbers
        }
    }

    /**
     * What {@link #save} wrote.
     *
     * @throws IllegalArgumentException if it is no such file
     * @throws java.io.UncheckedIOException if it cannot be read
     */
    public static TablePreprocessing load(Path folder) {
        Path file = folder.resolve(FILE);
        var json = JsonFile.object(file);
        try {
            return new TablePreprocessing(JSON.treeToValue(json, Saved.class));
        } catch (JsonProcessingException | RuntimeException e) {
            throw new IllegalArgumentException(file + ": expected a preprocessing that TablePreprocessing.save wrote. "
                    + e.getMessage(), e);
        }
    }

    @Override public String toString() {
        return "TablePreprocessing of " + Arrays.toString(saved.columns.toArray()) + " for " + saved.target.column();
    }
}
