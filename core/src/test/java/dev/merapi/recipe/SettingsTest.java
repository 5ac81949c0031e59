package dev.merapi.recipe;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

class SettingsTest {
    enum Kind { MLP, BILSTM }

    record Inner(@Describe("of each step") double learningRate, boolean nesterov) {}

    record Config(int epochs, long batchSize, Kind model, String data, Inner optimizer, List<Integer> sizes,
            List<String> stop) {
        Config {
            if (epochs < 1) throw new IllegalArgumentException("epochs: expected at least 1. Received " + epochs);
        }
    }

    private static final Config DEFAULTS =
            new Config(3, 64, Kind.MLP, "", new Inner(0.1, true), List.of(1, 2), List.of());

    private static Config bind(String... settings) {
        return Settings.bind(DEFAULTS, Settings.override(Map.of(), settings), "fashion");
    }

    private static String refusal(String... settings) {
        return assertThrows(IllegalArgumentException.class, () -> bind(settings)).getMessage();
    }

    @Test void settingsLieOverDefaults() {
        var expected = new Config(5, 32, Kind.BILSTM, "my files/2024", new Inner(0.01, true), List.of(7), List.of());
        assertEquals(expected, bind("epochs=5", "batch_size=32", "model=bilstm", "data=my files/2024",
                "optimizer.learning_rate=1e-2", "sizes=[7]"));
        assertEquals(DEFAULTS, bind());
        assertEquals(6, bind("epochs=5", "epochs=6").epochs());
    }

    /** YAML 1.1 would make numbers, truth values and nothing of them. */
    @Test void textStaysText() {
        for (String text : List.of("2024_01_15", "0123", "1.10", "no", "yes", "null", "~", "", "1e3", "0x1F", "[a]",
                "{a: b}", "a=b", "'quoted'", "\"quoted\"", " a ", "# no comment", "true", "日本.csv", "a: b", "*x")) {
            assertEquals(text, bind("data=" + text).data());
        }
    }

    @Test void numbersAreReadAsPeopleWriteThem() {
        var numbers = Map.of("1e-3", 0.001, "1E3", 1000.0, "-.5", -0.5, "+2.", 2.0, "1_000.5", 1000.5, "7", 7.0);
        numbers.forEach((text, value) ->
                assertEquals(value, bind("optimizer.learning_rate=" + text).optimizer().learningRate()));
        var integers = Map.of("1_000", 1000, "0123", 123, "+4", 4, " 5 ", 5);
        integers.forEach((text, value) -> assertEquals(value, bind("epochs=" + text).epochs()));
        assertEquals(Long.MIN_VALUE, bind("batch_size=-9223372036854775808").batchSize());
        for (String text : List.of("1d", "0x1p3", "NaN", "Infinity", "1e999", "1,5", "", "_1", "1e", "one")) {
            assertEquals("fashion: optimizer.learning_rate: expected a number. Received \"" + text + "\"",
                    refusal("optimizer.learning_rate=" + text));
        }
    }

    @Test void truthValuesAreReadAsPeopleWriteThem() {
        for (String no : List.of("false", "no", "off", "FALSE", "No")) {
            assertEquals(false, bind("optimizer.nesterov=" + no).optimizer().nesterov());
        }
        for (String yes : List.of("true", "yes", "on", "True")) {
            assertEquals(true, bind("optimizer.nesterov=" + yes).optimizer().nesterov());
        }
    }

    @Test void listsAreOneValueOrSeveralInBrackets() {
        assertEquals(List.of(7), bind("sizes=7").sizes());
        assertEquals(List.of(7, -8), bind("sizes=[7, -8]").sizes());
        assertEquals(List.of(), bind("sizes=[]").sizes());
        assertEquals(List.of(","), bind("stop=,").stop());
        assertEquals(List.of("["), bind("stop=[").stop());
        assertEquals(List.of("no", "a, b", "\n", "c, d", "it's"),
                bind("stop=[no, \"a, b\", \"\\n\", 'c, d', it's]").stop());
        assertEquals("fashion: stop: expected a list whose quotes are closed. Received [\"a]", refusal("stop=[\"a]"));
        assertEquals("fashion: sizes: expected an integer. Received \"b\"", refusal("sizes=[1, b]"));
    }

    /** An enum's name in lower case is not BILSTM's in Turkish. */
    @Test void enumsAreTheSameInEveryLanguage() {
        var before = Locale.getDefault();
        Locale.setDefault(Locale.of("tr"));
        try {
            assertEquals(Kind.BILSTM, bind("model=bilstm").model());
            assertEquals("bilstm", Settings.map(bind("model=BiLSTM")).get("model"));
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test void unknownKeysNameTheNearest() {
        assertEquals("fashion: unknown key epoch. Did you mean epochs? Known are batch_size, data, epochs, model,"
                + " optimizer.learning_rate, optimizer.nesterov, sizes, stop.", refusal("epoch=5"));
        var nearest = Map.of("learning_rate", "optimizer.learning_rate", "lr", "optimizer.learning_rate",
                "optimizer.rate", "optimizer.learning_rate", "optimiser.nesterov", "optimizer.nesterov",
                "num_epochs", "epochs", "batch", "batch_size", "optimizer.epochs", "epochs");
        nearest.forEach((key, known) -> assertEquals("Did you mean " + known + "?",
                refusal(key + "=5").replaceFirst(".*\\. (Did .*\\?) .*", "$1"), key));
        assertEquals("fashion: unknown key temperature. Known are ", refusal("temperature=5").substring(0, 44));
    }

    @Test void wrongTypesSayWhereAndWhat() {
        assertEquals("fashion: epochs: expected an integer. Received \"many\"", refusal("epochs=many"));
        assertEquals("fashion: epochs: expected an integer. Received \"1.5\"", refusal("epochs=1.5"));
        assertEquals("fashion: epochs: expected an integer from -2147483648 to 2147483647. Received 2147483648",
                refusal("epochs=2147483648"));
        assertEquals("fashion: optimizer.nesterov: expected true or false. Received \"3\"",
                refusal("optimizer.nesterov=3"));
        assertEquals("fashion: model: expected one of mlp, bilstm. Received \"rnn\"", refusal("model=rnn"));
        assertEquals("fashion: optimizer: expected settings of its own, such as learning_rate. Received \"3\"",
                refusal("optimizer=3"));
        assertEquals("fashion: data: expected text. Received the keys a", refusal("data.a=3"));
        assertEquals("fashion: epochs: expected at least 1. Received 0", refusal("epochs=0"));
        assertEquals("Expected key=value, such as epochs=5. Received epochs", refusal("epochs"));
        assertEquals("Expected key=value, such as epochs=5. Received =5", refusal("=5"));
    }

    /** As a run's config.json has them. */
    @Test void valuesOfJsonHaveTypes() {
        assertEquals(DEFAULTS, Settings.bind(DEFAULTS, Settings.map(DEFAULTS), "run"));
        var wrong = Map.of("data", 2024, "epochs", 1.5, "sizes", List.of(1, true), "model", 3);
        wrong.forEach((key, value) -> assertThrows(IllegalArgumentException.class,
                () -> Settings.bind(DEFAULTS, Map.of(key, value), "run"), key));
        for (String key : List.of("data", "epochs", "sizes", "optimizer", "model")) {
            var given = new HashMap<String, Object>();
            given.put(key, null);
            assertEquals("none", assertThrows(IllegalArgumentException.class,
                    () -> Settings.bind(DEFAULTS, given, "run")).getMessage().replaceFirst(".* Received ", ""), key);
        }
        var none = new Config(1, 1, Kind.MLP, null, DEFAULTS.optimizer(), List.of(), List.of());
        assertNull(Settings.bind(none, Settings.map(none), "run").data());
    }

    @Test void settingsAreListedWithWhatTheyMean() {
        assertEquals("epochs: 3 (an integer)|batch_size: 64 (an integer)|model: mlp (one of mlp, bilstm)|data:  (text)|"
                + "optimizer.learning_rate: 0.1 (a number) of each step|optimizer.nesterov: true (true or false)|"
                + "sizes: [1, 2] (a list, each an integer)|stop: [] (a list, each text)",
                Settings.list(DEFAULTS).stream().map(s -> (s.key() + ": " + s.value() + " (" + s.kind() + ") "
                        + s.description()).strip()).collect(Collectors.joining("|")));
        assertEquals(Arrays.asList("learning_rate", "nesterov"),
                List.copyOf(Settings.map(DEFAULTS.optimizer()).keySet()));
    }
}
