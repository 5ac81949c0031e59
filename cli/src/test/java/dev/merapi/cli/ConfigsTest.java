package dev.merapi.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class ConfigsTest {
    enum Kind { MLP, CNN }

    record Inner(double rate, boolean nesterov) {}

    record Settings(int epochs, long batchSize, Kind model, String data, Inner optimizer, List<Integer> sizes) {
        Settings {
            if (epochs < 1) throw new IllegalArgumentException("epochs: expected at least 1. Received " + epochs);
        }
    }

    private static final Settings DEFAULTS =
            new Settings(3, 64, Kind.MLP, null, new Inner(0.1, true), List.of(1, 2));

    @TempDir Path folder;

    private static Settings bind(String... settings) {
        var config = Configs.empty();
        Configs.override(config, List.of(settings));
        return Configs.bind(config, DEFAULTS, "fashion");
    }

    private static String refusal(String... settings) {
        return assertThrows(IllegalArgumentException.class, () -> bind(settings)).getMessage();
    }

    @Test void settingsLieOverDefaults() {
        var expected = new Settings(5, 32, Kind.CNN, "my files/2024", new Inner(0.01, true), List.of(7));
        assertEquals(expected, bind("epochs=5", "batch_size=32", "model=cnn", "data=my files/2024",
                "optimizer.rate=1e-2", "sizes=[7]"));
        assertEquals(DEFAULTS, bind());
        assertEquals(List.of(7), bind("sizes=7").sizes());
    }

    @Test void aNumberIsTextWhereTextIsExpected() { assertEquals("2024", bind("data=2024").data()); }

    @Test void misspeltKeysNameTheNearest() {
        assertEquals("fashion: unknown key epoch. Did you mean epochs? Known are batch_size, data, epochs, model,"
                + " optimizer, sizes.", refusal("epoch=5"));
        assertEquals("fashion: unknown key optimizer.rat. Did you mean rate? Known are nesterov, rate.",
                refusal("optimizer.rat=5"));
    }

    @Test void wrongTypesSayWhereAndWhat() {
        assertEquals("fashion: epochs: expected an integer. Received \"many\"", refusal("epochs=many"));
        assertEquals("fashion: epochs: expected an integer. Received 1.5", refusal("epochs=1.5"));
        assertEquals("fashion: optimizer.nesterov: expected true or false. Received 3",
                refusal("optimizer.nesterov=3"));
        assertEquals("fashion: model: expected one of mlp, cnn. Received \"rnn\"", refusal("model=rnn"));
        assertEquals("fashion: optimizer: expected key: value lines. Received 3", refusal("optimizer=3"));
    }

    @Test void rangesAreTheRecords() {
        assertEquals("fashion: epochs: expected at least 1. Received 0", refusal("epochs=0"));
    }

    @Test void settingsNeedAnEqualsSign() {
        assertEquals("Expected key=value, such as epochs=5. Received epochs", refusal("epochs"));
    }

    @Test void filesAreYamlMappings() throws IOException {
        var file = Files.writeString(folder.resolve("r.yaml"), "epochs: 9\noptimizer: {rate: 0.5}\n");
        assertEquals(new Inner(0.5, true), Configs.bind(Configs.read(file), DEFAULTS, "r").optimizer());

        var broken = Files.writeString(folder.resolve("b.yaml"), "epochs: [1,\n");
        var message = assertThrows(IllegalArgumentException.class, () -> Configs.read(broken)).getMessage();
        assertEquals(broken + ":1:11: neither YAML nor JSON.", message.substring(0, message.indexOf(" while")));

        var list = Files.writeString(folder.resolve("l.yaml"), "- 1\n");
        assertEquals(list + ": expected settings as key: value lines. Received array",
                assertThrows(IllegalArgumentException.class, () -> Configs.read(list)).getMessage());
    }
}
