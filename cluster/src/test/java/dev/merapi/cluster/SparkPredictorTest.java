package dev.merapi.cluster;

import dev.merapi.recipe.Recipes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SparkPredictorTest {
    private static SparkSession spark;

    @TempDir Path folder;

    @BeforeAll static void start() {
        spark = SparkSession.builder().master("local[2]").appName("merapi").config("spark.ui.enabled", false)
                .config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1").getOrCreate();
    }

    @AfterAll static void stop() { spark.stop(); }

    private static Dataset<Row> numbers() {
        var rows = new ArrayList<Row>();
        for (int i = 0; i < 150; i++) rows.add(RowFactory.create(i, i - 74.5));
        rows.add(RowFactory.create(150, null));
        return spark.createDataFrame(rows, new StructType().add("id", DataTypes.IntegerType)
                .add("x", DataTypes.DoubleType)).repartition(3);
    }

    @Test void everyRowHasTheModelsAnswer() {
        Path run = folder.resolve("run");
        try (var job = Recipes.named("dots").job()) {
            job.fit(run);
        }
        var answers = SparkPredictor.of(run).batch(7).apply(numbers(), "x", "answer").orderBy("id").collectAsList();
        assertEquals(151, answers.size());
        assertNull(answers.get(150).getString(2));
        int right = 0;
        for (int i = 0; i < 150; i++) {
            String answer = answers.get(i).getString(2);
            assertTrue(answer.matches("\\{\"above\":(true|false),\"probability\":[0-9.E-]+}"), answer);
            if (answer.contains("" + (i > 74))) right++;
        }
        assertTrue(right > 140, right + " of 150");
        assertEquals("SparkPredictor.apply: expected a column y and none named answer. Received [id, x]",
                assertThrows(IllegalArgumentException.class, () ->
                        SparkPredictor.of(run).apply(numbers(), "y", "answer")).getMessage());
    }

    @Test void rowsAreTensors() {
        var schema = new StructType().add("a", DataTypes.IntegerType).add("v",
                DataTypes.createArrayType(DataTypes.DoubleType)).add("ok", DataTypes.BooleanType);
        var rows = spark.createDataFrame(List.of(RowFactory.create(1, List.of(0.5, 2.0), true),
                RowFactory.create(2, List.of(1.5, 4.0), false)), schema).collectAsList();
        assertArrayEquals(new float[] {0.5f, 2, 1, 1, 1.5f, 4, 2, 0}, Rows.numbers(rows, "v", "a", "ok").toFloats());
        assertArrayEquals(new long[] {1, 2}, Rows.labels(rows, "a").toLongs());
        assertEquals("Rows.labels: expected a whole number in column ok of row 0. Received true",
                assertThrows(IllegalArgumentException.class, () -> Rows.labels(rows, "ok")).getMessage());
        var none = spark.createDataFrame(List.of(RowFactory.create(1, List.of(0.5), null)), schema).collectAsList();
        assertEquals("Rows.numbers: expected a number in column ok of row 0. Received null",
                assertThrows(IllegalArgumentException.class, () -> Rows.numbers(none, "a", "ok")).getMessage());
    }
}
