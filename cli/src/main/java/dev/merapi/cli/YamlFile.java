package dev.merapi.cli;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.merapi.io.FileErrors;
import dev.merapi.io.JsonErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads settings from YAML or JSON. What is not a list or a mapping stays the text that it is: YAML would make numbers
 * of dates and truth values of {@code no}, but only the setting knows its type.
 */
final class YamlFile {
    private static final YAMLFactory YAML = new YAMLFactory();

    private final Path file;
    private final JsonParser in;

    private YamlFile(Path file, JsonParser in) {
        this.file = file;
        this.in = in;
    }

    /**
     * The mapping in a file; JSON is YAML.
     *
     * @throws IllegalArgumentException if it is not one mapping, or neither YAML nor JSON, with the line and column
     */
    static Map<String, Object> read(Path file) {
        try (var in = YAML.createParser(Files.readString(file))) {
            var yaml = new YamlFile(file, in);
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException(file + ": expected settings as key: value lines. Received "
                        + (in.currentToken() == null ? "an empty file" : yaml.value() instanceof Iterable<?> ? "a list"
                                : "a single value"));
            }
            var settings = yaml.mapping();
            if (in.nextToken() != null) throw yaml.error("expected one document. Received a second.");
            return settings;
        } catch (JsonProcessingException e) {
            var at = e.getLocation(); // none where lists nest too deeply
            throw new IllegalArgumentException(file + (at == null ? "" : ":" + at.getLineNr() + ":" + at.getColumnNr())
                    + ": neither YAML nor JSON. " + JsonErrors.reason(e).lines().findFirst().orElse(""), e);
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
    }

    private Map<String, Object> mapping() throws IOException {
        var map = new LinkedHashMap<String, Object>();
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String key = in.currentName();
            if (map.containsKey(key)) throw error("expected each key once. Received " + key + " again.");
            in.nextToken();
            map.put(key, value());
        }
        return map;
    }

    private Object value() throws IOException {
        if (in.currentToken() == JsonToken.START_OBJECT) return mapping();
        if (in.currentToken() != JsonToken.START_ARRAY) return in.getText();
        var list = new ArrayList<Object>();
        while (in.nextToken() != JsonToken.END_ARRAY) list.add(value());
        return list;
    }

    private IllegalArgumentException error(String message) {
        return new IllegalArgumentException(file + ":" + in.currentTokenLocation().getLineNr() + ": " + message);
    }
}
