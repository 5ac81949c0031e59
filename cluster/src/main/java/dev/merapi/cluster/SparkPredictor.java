package dev.merapi.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.merapi.recipe.Predictor;
import dev.merapi.tensor.Device;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;

/**
 * A trained model over a frame: each executor opens it once and answers rows in batches.
 *
 * <pre>{@code
 * Dataset<Row> answered = SparkPredictor.of(Path.of("/shared/run")).apply(frame, "text", "answer");
 * }</pre>
 *
 * Inputs are what a user would type for {@code merapi predict}: a text, or the path of a picture. Answers are JSON,
 * which {@code from_json} reads; one that is a text is itself.
 *
 * @param folder of the run or model, as executors see it
 * @param batch rows that are answered at once
 * @param device as for {@link Device#parse}
 */
public record SparkPredictor(String folder, int batch, String device) implements Serializable {
    private static final Map<SparkPredictor, Predictor<?, ?>> OPEN = new ConcurrentHashMap<>(); // in this executor
    private static final ObjectMapper JSON =
            JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

    public SparkPredictor {
        if (batch < 1) {
            throw new IllegalArgumentException("SparkPredictor: expected batches of at least 1. Received " + batch);
        }
    }

    /** On the CPU, in batches of 64. */
    public static SparkPredictor of(Path folder) {
        return new SparkPredictor(folder.toAbsolutePath().toString(), 64, "cpu");
    }

    /** The same with other batches. */
    public SparkPredictor batch(int rows) { return new SparkPredictor(folder, rows, device); }

    /** The same on another device. */
    public SparkPredictor device(String name) { return new SparkPredictor(folder, batch, name); }

    /**
     * The frame with one more column. Where the input is null, the answer is.
     *
     * @throws IllegalArgumentException if there is no such input, or the answer's column is there already
     */
    public Dataset<Row> apply(Dataset<Row> frame, String input, String answer) {
        var names = List.of(frame.columns());
        if (!names.contains(input) || names.contains(answer)) {
            throw new IllegalArgumentException("SparkPredictor.apply: expected a column " + input + " and none named "
                    + answer + ". Received " + names);
        }
        var schema = frame.schema().add(answer, DataTypes.StringType);
        int at = names.indexOf(input);
        return frame.mapPartitions((MapPartitionsFunction<Row, Row>) rows -> answers(rows, at), Encoders.row(schema));
    }

    private Iterator<Row> answers(Iterator<Row> rows, int at) {
        Iterable<List<Row>> batches = () -> new Batches(rows, batch);
        return StreamSupport.stream(batches.spliterator(), false).flatMap(some -> answer(some, at).stream()).iterator();
    }

    private static final class Batches implements Iterator<List<Row>> {
        private final Iterator<Row> rows;
        private final int size;

        Batches(Iterator<Row> rows, int size) {
            this.rows = rows;
            this.size = size;
        }

        @Override public boolean hasNext() { return rows.hasNext(); }

        @Override public List<Row> next() {
            var some = new ArrayList<Row>();
            while (some.size() < size && rows.hasNext()) some.add(rows.next());
            return some;
        }
    }

    private List<Row> answer(List<Row> rows, int at) {
        var predictor = OPEN.computeIfAbsent(this, of -> Predictor.open(Path.of(of.folder), Device.parse(of.device)));
        var typed = rows.stream().map(row -> row.get(at)).filter(Objects::nonNull).map(Object::toString).toList();
        var texts = texts(predictor, typed).iterator();
        return rows.stream().map(row -> {
            var values = new Object[row.size() + 1];
            for (int i = 0; i < row.size(); i++) values[i] = row.get(i);
            values[row.size()] = row.get(at) == null ? null : texts.next();
            return RowFactory.create(values);
        }).toList();
    }

    private static <I, O> List<String> texts(Predictor<I, O> predictor, List<String> typed) {
        if (typed.isEmpty()) return List.of();
        return predictor.predict(typed.stream().map(predictor::parse).toList()).stream().map(SparkPredictor::text)
                .toList();
    }

    private static String text(Object answer) {
        if (answer instanceof String text) return text;
        try {
            return JSON.writeValueAsString(answer);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("SparkPredictor: an answer cannot be written as JSON: " + answer, e);
        }
    }
}
