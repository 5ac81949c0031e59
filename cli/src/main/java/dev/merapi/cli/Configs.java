package dev.merapi.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.EnumFeature;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.merapi.io.FileErrors;
import dev.merapi.io.Nearest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads a recipe's settings: YAML or JSON files, and {@code key=value} arguments laid over them. */
final class Configs {
    private static final ObjectMapper YAML = YAMLMapper.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .withCoercionConfig(LogicalType.Textual,
                    text -> text.setCoercion(CoercionInputShape.Integer, CoercionAction.TryConvert))
            .withConfigOverride(ArrayNode.class, list -> list.setMergeable(false)) // a list replaces the default one
            .build();

    private Configs() {}

    /**
     * The mapping in a YAML or JSON file; JSON is YAML.
     *
     * @throws IllegalArgumentException if it is not a mapping, or neither, with the line and column
     */
    static ObjectNode read(Path file) {
        try {
            return mapping(YAML.readTree(Files.readString(file)), file.toString());
        } catch (JsonProcessingException e) {
            var at = e.getLocation();
            throw new IllegalArgumentException(file + ":" + at.getLineNr() + ":" + at.getColumnNr()
                    + ": neither YAML nor JSON. " + e.getOriginalMessage().lines().findFirst().orElse(""), e);
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
    }

    /** Settings as YAML lines; where only a few values are allowed, a comment names them. */
    static String write(Record settings) {
        String lines;
        try {
            lines = YAML.writeValueAsString(settings);
        } catch (JsonProcessingException e) {
            throw new AssertionError(settings.toString(), e);
        }
        for (var setting : settings.getClass().getRecordComponents()) {
            if (!setting.getType().isEnum()) continue;
            String key = SnakeCaseStrategy.INSTANCE.translate(setting.getName());
            lines = lines.replaceFirst("(?m)^" + key + ":.*$", "$0  # " + kind(setting.getType()));
        }
        return lines;
    }

    /** Settings by key, as {@link #bind} reads them. */
    static Map<String, Object> map(Record settings) {
        return YAML.convertValue(settings, new TypeReference<LinkedHashMap<String, Object>>() {});
    }

    /** An empty mapping. */
    static ObjectNode empty() { return YAML.createObjectNode(); }

    /**
     * Writes {@code key=value} settings over a mapping; a dotted key reaches into an inner one, a value is YAML.
     *
     * @throws IllegalArgumentException for an argument without {@code =}
     */
    static void override(ObjectNode config, List<String> settings) {
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("Expected key=value, such as epochs=5. Received " + setting);
            }
            var path = setting.substring(0, equals).split("\\.");
            var inner = config;
            for (int i = 0; i < path.length - 1; i++) inner = inner.withObjectProperty(path[i]);
            inner.set(path[path.length - 1], parse(setting.substring(equals + 1)));
        }
    }

    /**
     * Makes a record of settings: what {@code config} leaves out comes from {@code defaults}. Ranges are checked by the
     * record's own constructor.
     *
     * @param where names the mapping in messages, such as its file
     * @param others keys of the mapping that were read and taken out before
     * @throws IllegalArgumentException for an unknown key, with the nearest known one, and for a value of a wrong type
     *     or range
     */
    static <R extends Record> R bind(ObjectNode config, R defaults, String where, String... others) {
        @SuppressWarnings("unchecked") // a record's class is final: R itself
        var type = (Class<R>) defaults.getClass();
        ObjectNode merged = YAML.valueToTree(defaults);
        try {
            YAML.readerForUpdating(merged).readValue(config);
            return YAML.treeToValue(merged, type);
        } catch (UnrecognizedPropertyException e) {
            var own = e.getKnownPropertyIds().stream().map(Object::toString);
            boolean inner = e.getPath().size() > 1;
            var known = (inner ? own : Stream.concat(own, Stream.of(others))).sorted().toList();
            throw new IllegalArgumentException(where + ": unknown key " + path(e) + ". Did you mean "
                    + Nearest.to(e.getPropertyName(), known) + "? Known are " + String.join(", ", known) + ".", e);
        } catch (ValueInstantiationException e) { // the record's constructor refused
            throw new IllegalArgumentException(where + ": " + e.getCause().getMessage(), e);
        } catch (MismatchedInputException e) {
            throw new IllegalArgumentException(where + ": " + path(e) + ": expected " + kind(e.getTargetType())
                    + ". Received " + merged.at("/" + path(e).replace('.', '/')), e);
        } catch (JsonMappingException e) { // a number that is too large
            throw new IllegalArgumentException(where + ": " + path(e) + ": " + e.getOriginalMessage().lines()
                    .findFirst().orElse(""), e);
        } catch (IOException e) {
            throw new IllegalArgumentException(where + ": " + e.getMessage(), e);
        }
    }

    private static String path(JsonMappingException e) {
        return e.getPath().stream().map(r -> r.getFieldName() == null ? "" + r.getIndex() : r.getFieldName())
                .collect(Collectors.joining("."));
    }

    private static String kind(Class<?> type) {
        if (type == null) return "another type";
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants()).map(constant -> constant.toString().toLowerCase())
                    .collect(Collectors.joining(", ", "one of ", ""));
        }
        if (type == int.class || type == long.class) return "an integer";
        if (type == double.class) return "a number";
        if (type == boolean.class) return "true or false";
        return type.isRecord() ? "key: value lines" : type.getSimpleName().toLowerCase();
    }

    private static JsonNode parse(String value) {
        try {
            return YAML.readTree(value.isEmpty() ? "''" : value);
        } catch (JsonProcessingException e) {
            return YAML.getNodeFactory().textNode(value);
        }
    }

    private static ObjectNode mapping(JsonNode node, String where) {
        if (node instanceof ObjectNode mapping) return mapping;
        throw new IllegalArgumentException(where + ": expected settings as key: value lines. Received "
                + (node.isMissingNode() ? "an empty file" : node.getNodeType().toString().toLowerCase()));
    }
}
