package dev.merapi.text.constrain;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.merapi.io.JsonErrors;
import dev.merapi.tensor.Expect;
import dev.merapi.text.constrain.Grammar.Rule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import static dev.merapi.text.constrain.Grammar.choice;
import static dev.merapi.text.constrain.Grammar.repeat;
import static dev.merapi.text.constrain.Grammar.text;
import static dev.merapi.text.constrain.Grammar.then;

/**
 * A JSON Schema, as what may be written. Of {@code type}, {@code properties}, {@code required},
 * {@code additionalProperties}, {@code items}, {@code prefixItems}, {@code minItems}, {@code maxItems}, {@code enum},
 * {@code const}, {@code anyOf}, {@code $ref} within the schema, {@code minLength}, {@code maxLength} and bounds of
 * numbers, all that is written follows; any other keyword that restricts is refused, not passed over.
 *
 * <p>Objects have their properties in the schema's order, and others only where it names none; numbers with bounds that
 * are not whole, or below 0, are whole. What stands beside {@code anyOf} holds for each of its schemas.
 */
public final class JsonSchema {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> NOTES = Set.of("$schema", "$id", "$comment", "$defs", "definitions", "title",
            "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "format", "strict");
    private static final Set<String> KNOWN = Set.of("type", "properties", "required", "additionalProperties", "items",
            "prefixItems", "minItems", "maxItems", "enum", "const", "anyOf", "allOf", "$ref", "minLength", "maxLength",
            "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum");
    private static final List<String> TYPES = List.of("object", "array", "string", "number", "integer", "boolean",
            "null");
    private static final int MOST = 100_000; // of counts in a schema
    private static final int MOST_WITHIN = 100;
    private static final int LONGEST = 100_000; // characters: what is written later is compared with all of them

    private final JsonNode root;
    private final Map<String, Rule> named = new HashMap<>(); // by their references
    private final List<Rule> rules = new ArrayList<>();
    private final Rule value = rule(); // any JSON
    private final Grammar grammar;

    private JsonSchema(JsonNode schema, boolean isObject) {
        root = schema;
        value.body(choice(anyObject(), array(value, 0, Grammar.ENDLESS, List.of()), JsonTexts.string(0,
                Grammar.ENDLESS), JsonTexts.NUMBER, text("true"), text("false"), text("null")));
        Grammar all = isObject ? anyObject() : of(schema, "$", 0);
        Grammar.measure(rules);
        grammar = then(JsonTexts.SPACE, all);
    }

    /**
     * A schema from its text.
     *
     * @throws IllegalArgumentException if it is not JSON, restricts in a way that is not done here, nothing follows, or
     *     it is longer than 100,000 characters
     */
    public static JsonSchema of(String schema) {
        try {
            return of(JSON.readTree(schema));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("JsonSchema: not JSON. " + JsonErrors.reason(e), e);
        }
    }

    /** A schema that was read already; throws as {@link #of(String)}. */
    public static JsonSchema of(JsonNode schema) {
        int length = schema.toString().length();
        Expect.that(length <= LONGEST, "JsonSchema", "at most " + LONGEST + " characters", length);
        var made = new JsonSchema(schema, false);
        new Automaton(made.grammar); // says whether there is a way to its end
        return made;
    }

    /** Any JSON object. */
    public static JsonSchema anyJsonObject() { return new JsonSchema(JSON.createObjectNode(), true); }

    Grammar grammar() { return grammar; }

    private Rule rule() {
        var rule = new Rule();
        rules.add(rule);
        return rule;
    }

    private Grammar of(JsonNode schema, String where, int within) {
        Expect.that(within <= MOST_WITHIN, where, "schemas at most " + MOST_WITHIN + " within each other", "more");
        if (schema.isBoolean() && schema.booleanValue()) return value;
        Expect.that(schema.isObject(), where, "a schema", schema);
        schema.fieldNames().forEachRemaining(key -> Expect.that(KNOWN.contains(key) || NOTES.contains(key),
                where, "keywords of " + KNOWN.stream().sorted().toList(), key));
        if (schema.has("$ref")) {
            expectAlone(schema, "$ref", where);
            return reference(schema.get("$ref").asText(), where, within);
        }
        if (schema.has("const") || schema.has("enum")) return values(schema, where);
        if (schema.has("anyOf")) return either(schema, where, within);
        if (schema.has("allOf")) {
            var all = list(schema, "allOf", where);
            Expect.that(all.size() == 1, where + ".allOf", "one schema", all.size());
            return of(both(schema, "allOf", all.getFirst(), where), where + ".allOf", within + 1);
        }
        return byType(schema, where, within);
    }

    /** What stands beside a keyword counts too, but is not looked at. */
    private static void expectAlone(JsonNode schema, String keyword, String where, String... besides) {
        schema.fieldNames().forEachRemaining(key -> Expect.that(key.equals(keyword) || NOTES.contains(key)
                || List.of(besides).contains(key), where, "nothing beside " + keyword + " that restricts", key));
    }

    /** The elements of a list; none where there is no such keyword. */
    private static List<JsonNode> list(JsonNode schema, String key, String where) {
        if (!schema.has(key)) return List.of();
        Expect.that(schema.get(key).isArray(), where + "." + key, "a list", schema.get(key));
        var all = new ArrayList<JsonNode>();
        schema.get(key).forEach(all::add);
        return all;
    }

    /** Those of {@code const} and {@code enum} that are of the type. */
    private static Grammar values(JsonNode schema, String where) {
        String keyword = schema.has("const") ? "const" : "enum";
        expectAlone(schema, keyword, where, "enum", "type");
        var listed = list(schema, "enum", where);
        var types = types(schema, where);
        var ways = (schema.has("const") ? List.of(schema.get("const")) : listed).stream()
                .filter(value -> !schema.has("enum") || listed.contains(value))
                .filter(value -> types.isEmpty() || types.stream().anyMatch(type -> is(value, type)))
                .map(JsonTexts::literal).toList();
        Expect.that(!ways.isEmpty(), where + "." + keyword, "values, of the type if there is one",
                schema.get(keyword));
        return choice(ways);
    }

    private static boolean is(JsonNode value, String type) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "number" -> value.isNumber();
            case "integer" -> value.isIntegralNumber() || value.isNumber() && value.doubleValue() % 1 == 0;
            case "boolean" -> value.isBoolean();
            default -> value.isNull();
        };
    }

    private Grammar either(JsonNode schema, String where, int within) {
        var ways = new ArrayList<Grammar>();
        for (JsonNode one : list(schema, "anyOf", where)) {
            ways.add(of(both(schema, "anyOf", one, where), where + ".anyOf", within + 1));
        }
        Expect.that(!ways.isEmpty(), where + ".anyOf", "a list of schemas", schema.get("anyOf"));
        return choice(ways);
    }

    /** A schema among those of a keyword, and what stands beside that: they may not speak of the same. */
    private static JsonNode both(JsonNode schema, String keyword, JsonNode one, String where) {
        var all = JSON.createObjectNode();
        schema.properties().stream().filter(entry -> KNOWN.contains(entry.getKey()) && !entry.getKey().equals(keyword))
                .forEach(entry -> all.set(entry.getKey(), entry.getValue()));
        if (all.isEmpty()) return one;
        if (!one.isObject()) return one.asBoolean() ? all : one;
        one.properties().forEach(entry -> {
            JsonNode other = all.get(entry.getKey());
            Expect.that(other == null || other.equals(entry.getValue()), where + "." + keyword, "other keywords than"
                    + " beside it", entry.getKey());
            all.set(entry.getKey(), entry.getValue());
        });
        return all;
    }

    private static List<String> types(JsonNode schema, String where) {
        JsonNode type = schema.path("type");
        var types = new ArrayList<String>();
        for (JsonNode one : type.isTextual() ? List.of(type) : list(schema, "type", where)) types.add(one.asText());
        boolean good = TYPES.containsAll(types) && (type.isMissingNode() || !types.isEmpty());
        Expect.that(good, where + ".type", "of " + TYPES, types);
        return types;
    }

    private Grammar byType(JsonNode schema, String where, int within) {
        var types = types(schema, where);
        if (types.isEmpty()) {
            if (schema.has("properties") || schema.has("required")) types.add("object");
            else if (schema.has("items") || schema.has("prefixItems")) types.add("array");
            else return value;
        }
        return choice(types.stream().map(type -> switch (type) {
            case "object" -> object(schema, where, within);
            case "array" -> array(schema, where, within);
            case "string" -> JsonTexts.string(count(schema, "minLength", 0, where), count(schema, "maxLength",
                    Grammar.ENDLESS, where));
            case "number" -> JsonTexts.number(schema, where, false);
            case "integer" -> JsonTexts.number(schema, where, true);
            case "boolean" -> choice(text("true"), text("false"));
            default -> text("null");
        }).toList());
    }

    private static int count(JsonNode schema, String key, int usual, String where) {
        if (!schema.has(key)) return usual;
        boolean good = schema.get(key).isInt() && schema.get(key).intValue() >= 0 && schema.get(key).intValue() <= MOST;
        Expect.that(good, where + "." + key, "a whole number from 0 to " + MOST, schema.get(key));
        return schema.get(key).intValue();
    }

    /** {@code #}, {@code #/$defs/Name}, or any other path within the schema. */
    private Grammar reference(String to, String where, int within) {
        if (named.containsKey(to)) return named.get(to);
        JsonNode target = to.equals("#") ? root : to.startsWith("#/") ? root.at(to.substring(1))
                : JSON.missingNode();
        Expect.that(!target.isMissingNode(), where + ".$ref", "a place in the schema, such as #/$defs/name", to);
        var rule = rule();
        named.put(to, rule); // before it is made, for it may use itself
        rule.body(of(target, to, within + 1));
        return rule;
    }

    private Grammar anyObject() { return object(member(JsonTexts.string(0, Grammar.ENDLESS), value)); }

    /** Of any number of members. */
    private static Grammar object(Grammar member) {
        Grammar more = repeat(then(JsonTexts.COMMA, member), 0, Grammar.ENDLESS);
        return then(text("{"), JsonTexts.SPACE, choice(text("}"), then(member, more, JsonTexts.SPACE, text("}"))));
    }

    private static Grammar member(Grammar key, Grammar value) { return then(key, JsonTexts.COLON, value); }

    private Grammar object(JsonNode schema, String where, int within) {
        JsonNode properties = schema.path("properties"), additional = schema.path("additionalProperties");
        Expect.that(properties.isMissingNode() || properties.isObject(), where + ".properties", "an object",
                properties);
        var required = new LinkedHashSet<String>();
        for (JsonNode name : list(schema, "required", where)) {
            Expect.that(name.isTextual(), where + ".required", "names", name);
            required.add(name.textValue());
        }
        boolean closed = additional.isBoolean() && !additional.booleanValue();
        Grammar others = closed || additional.isMissingNode() ? value
                : of(additional, where + ".additionalProperties", within + 1);
        if (properties.isEmpty() && required.isEmpty()) {
            if (closed) return then(text("{"), JsonTexts.SPACE, text("}"));
            return object(member(JsonTexts.string(0, Grammar.ENDLESS), others));
        }
        var members = new ArrayList<Map.Entry<Boolean, Grammar>>();
        properties.properties().forEach(property -> members.add(Map.entry(required.remove(property.getKey()),
                member(JsonTexts.literal(property.getKey()), of(property.getValue(), where + "." + property.getKey(),
                        within + 1)))));
        Expect.that(!closed || required.isEmpty(), where + ".required",
                "names of properties, where there are no others", required);
        required.forEach(name -> members.add(Map.entry(true, member(JsonTexts.literal(name), others))));
        // From the last on: what may follow where nothing was written yet, and where something was.
        Grammar none = text("}"), some = then(JsonTexts.SPACE, text("}"));
        for (var entry : members.reversed()) {
            Grammar member = entry.getValue(), first = shared(then(member, some));
            Grammar next = then(JsonTexts.COMMA, first);
            none = shared(entry.getKey() ? first : choice(first, none));
            some = shared(entry.getKey() ? next : choice(next, some));
        }
        return then(text("{"), JsonTexts.SPACE, none);
    }

    /** Under a rule, so that what stands in two places is not measured twice, and twice within that. */
    private Grammar shared(Grammar grammar) {
        var rule = rule();
        rule.body(grammar);
        return rule;
    }

    private Grammar array(JsonNode schema, String where, int within) {
        var first = new ArrayList<Grammar>();
        for (JsonNode item : list(schema, "prefixItems", where)) {
            first.add(of(item, where + ".prefixItems", within + 1));
        }
        boolean closed = schema.path("items").isBoolean() && !schema.get("items").booleanValue();
        Grammar item = schema.has("items") && !closed ? of(schema.get("items"), where + ".items", within + 1) : value;
        int least = count(schema, "minItems", 0, where), most = count(schema, "maxItems", Grammar.ENDLESS, where);
        if (closed) most = Math.min(most, first.size());
        Expect.that(least <= most, where + ".minItems", "at most maxItems, " + most, least);
        return array(item, least, most, first);
    }

    /** @param first what the first items are; all of them, or as many as there may be */
    private Grammar array(Grammar item, int least, int most, List<Grammar> first) {
        Grammar end = then(JsonTexts.SPACE, text("]"));
        int given = Math.min(first.size(), most);
        if (most == 0) return then(text("["), end);
        Grammar open = given > 0 ? first.getFirst() : item;
        var rest = new ArrayList<Grammar>();
        for (int i = 1; i < given; i++) rest.add(then(JsonTexts.COMMA, first.get(i)));
        int read = Math.max(1, given);
        int more = most == Grammar.ENDLESS ? most : most - read;
        Grammar others = repeat(then(JsonTexts.COMMA, item), Math.max(0, least - read), more);
        Grammar whole = then(open, then(rest.toArray(Grammar[]::new)), others, end);
        return then(text("["), least == 0 ? then(JsonTexts.SPACE, choice(text("]"), whole))
                : then(JsonTexts.SPACE, whole));
    }

}
