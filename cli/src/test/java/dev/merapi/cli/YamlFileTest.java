package dev.merapi.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class YamlFileTest {
    @TempDir Path folder;

    private Path file(String text) throws IOException { return Files.writeString(folder.resolve("r.yaml"), text); }

    private String refusal(String text) throws IOException {
        Path file = file(text);
        return assertThrows(IllegalArgumentException.class, () -> YamlFile.read(file)).getMessage()
                .replace(file.toString(), "r.yaml");
    }

    /** YAML 1.1 makes numbers of dates, and truth values and nothing of words. */
    @Test void scalarsStayTheTextThatTheyAre() throws IOException {
        for (String text : List.of("2024_01_15", "0123", "1.10", "no", "yes", "null", "~", "1_000", "0o17", "1e-3",
                "2024-01-15", "12:30", ".inf", "日本.csv", "a b")) {
            assertEquals(Map.of("data", text), YamlFile.read(file("data: " + text + " # a comment\n")));
            assertEquals(Map.of("data", List.of(text)), YamlFile.read(file("data: [" + text + "]\n")));
            assertEquals(Map.of("data", text), YamlFile.read(file("{\"data\": \"" + text + "\"}")));
        }
        assertEquals(Map.of("a", "", "b", "", "c", " x "), YamlFile.read(file("a:\nb: ''\nc: ' x '\n")));
    }

    @Test void mappingsNest() throws IOException {
        assertEquals(Map.of("optimizer", Map.of("rate", "0.5", "sizes", List.of("1", "2"))),
                YamlFile.read(file("optimizer: {rate: 0.5, sizes: [1, 2]}\n")));
    }

    @Test void otherFilesAreRefused() throws IOException {
        var broken = refusal("epochs: [1,\n");
        assertEquals("r.yaml:1:11: neither YAML nor JSON.", broken.substring(0, broken.indexOf(" while")));
        var control = refusal("epochs: 1\u0000\n");
        assertTrue(control.matches("r\\.yaml(:\\d+:\\d+)?: neither YAML nor JSON\\. .+"), control);
        var deep = refusal("epochs: " + "[".repeat(2000));
        assertTrue(deep.matches("r\\.yaml(:\\d+:\\d+)?: neither YAML nor JSON\\. Document nesting depth .+"), deep);
        assertEquals("r.yaml: expected settings as key: value lines. Received a list", refusal("- 1\n"));
        assertEquals("r.yaml: expected settings as key: value lines. Received a single value", refusal("1\n"));
        assertEquals("r.yaml: expected settings as key: value lines. Received an empty file", refusal(""));
        assertEquals("r.yaml:2: expected each key once. Received epochs again.", refusal("epochs: 1\nepochs: 2\n"));
        assertEquals("r.yaml:3: expected one document. Received a second.", refusal("epochs: 1\n---\nepochs: 2\n"));
    }
}
