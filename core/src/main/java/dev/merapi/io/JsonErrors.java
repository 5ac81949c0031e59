package dev.merapi.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonMappingException.Reference;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Says what is wrong with JSON, YAML or CSV, without the Java types and switches that the parser's messages name. */
public final class JsonErrors {
    private record Rule(Pattern pattern, String said) {
        Rule(String pattern, String said) { this(Pattern.compile(pattern, Pattern.DOTALL), said); }
    }

    /** T stands for a type and K for a kind of value; they become words. */
    private static final List<Rule> RULES = List.of(
            new Rule("Cannot deserialize value of type `(?<T>.+?)` from (?<K>[\\w-]+) value \\(token .*",
                    "expected ${T}. Received ${K}"),
            new Rule("Cannot deserialize value of type `(?<T>.+?)` from String (?<a>\".*?\"):.*",
                    "expected ${T}. Received ${a}"),
            new Rule("Cannot coerce [\\w -]+ value \\((?<a>.*?)\\) to `(?<T>.+?)`.*", "expected ${T}. Received ${a}"),
            new Rule("Cannot coerce empty String \\(\"\"\\) to `(?<T>.+?)`.*", "expected ${T}. Received \"\""),
            new Rule("Numeric value \\((?<a>.*?)\\) out of range of `?(?<T>\\w+)`?.*",
                    "expected ${T} that is not so large. Received ${a}"),
            new Rule("Cannot map `null` into type `(?<T>.+?)`.*", "expected ${T}. Received null"),
            new Rule("Cannot construct instance of `(?<T>.+?)`.* value \\((?<a>.*?)\\)",
                    "expected ${T}. Received ${a}"),
            new Rule("Missing (?:required )?creator property '(?<a>.*?)'.*", "expected a value. Received none"),
            new Rule("Null value for creator property '(?<a>.*?)'.*", "expected a value. Received null"),
            new Rule("Unrecognized field \"(?<a>.*?)\".*", "unknown key ${a}"),
            new Rule("No content to map due to end-of-input.*", "expected a value. Received none"),
            new Rule("(?<a>.*?),? from `StreamReadConstraints\\..*?`(?<b>.*)", "${a}${b}"),
            new Rule("(?<a>.*?); ?`DeserializationFeature.*", "${a}"));

    private JsonErrors() {}

    /** The reason alone: {@code expected an integer. Received "x"}. */
    public static String reason(JsonProcessingException e) { return inWords(e.getOriginalMessage()); }

    /** The reason behind the key, where there is one: {@code hidden_size: expected an integer. Received "x"}. */
    public static String keyed(JsonProcessingException e) {
        String key = e instanceof JsonMappingException of ? key(of.getPath()) : "";
        return key.isEmpty() ? reason(e) : key + ": " + reason(e);
    }

    private static String key(List<Reference> path) {
        return path.stream().map(part -> part.getFieldName() == null ? "" + part.getIndex() : part.getFieldName())
                .collect(Collectors.joining("."));
    }

    private static String inWords(String message) {
        for (var rule : RULES) {
            var found = rule.pattern.matcher(message);
            if (found.matches()) return said(rule.said, found);
        }
        return message;
    }

    private static String said(String said, Matcher found) {
        String text = said;
        for (String group : found.namedGroups().keySet()) {
            String part = found.group(group);
            text = text.replace("${" + group + "}", switch (group) {
                case "T" -> kind(part);
                case "K" -> received(part);
                default -> part;
            });
        }
        return text;
    }

    private static String received(String kind) {
        return switch (kind) {
            case "Object" -> "an object {…}";
            case "Array" -> "a list";
            case "Integer" -> "an integer";
            case "Floating-point" -> "a number";
            case "Boolean" -> "true or false";
            case "Null" -> "null";
            default -> "text";
        };
    }

    /** What a Java type is called in JSON. */
    private static String kind(String type) {
        String name = type.replaceFirst("<.*", "").replaceFirst(".*[.$]", "");
        return switch (name) {
            case "int", "long", "short", "byte", "Integer", "Long", "BigInteger" -> "an integer";
            case "double", "float", "Double", "Float", "BigDecimal" -> "a number";
            case "boolean", "Boolean" -> "true or false";
            case "String" -> "text";
            default -> name.endsWith("[]") || name.endsWith("List") || name.endsWith("Set") ? "a list"
                    : "an object {…}";
        };
    }
}
