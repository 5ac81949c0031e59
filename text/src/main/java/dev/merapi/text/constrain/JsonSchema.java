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
 * are not whole, or below 0, are whole.
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
     * @throws IllegalArgumentException if it is not JSON, restricts in a way that is not done here, or nothing follows
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
        if (schema.has("$ref")) return reference(schema.get("$ref").asText(), where, within);
        if (schema.has("const")) return JsonTexts.literal(schema.get("const"));
        if (schema.has("enum")) {
            var ways = new ArrayList<Grammar>();
            schema.get("enum").forEach(one -> ways.add(JsonTexts.literal(one)));
            Expect.that(!ways.isEmpty(), where + ".enum", "a list of values", schema.get("enum"));
            return choice(ways);
        }
        if (schema.has("anyOf")) return either(schema.get("anyOf"), where + ".anyOf", within);
        if (schema.has("allOf")) {
            Expect.that(schema.get("allOf").size() == 1, where + ".allOf", "one schema", schema.get("allOf").size());
            return of(schema.get("allOf").get(0), where + ".allOf", within + 1);
        }
        return byType(schema, where, within);
    }

    private Grammar either(JsonNode schemas, String where, int within) {
        var ways = new ArrayList<Grammar>();
        for (JsonNode one : schemas) ways.add(of(one, where, within + 1));
        Expect.that(!ways.isEmpty(), where, "a list of schemas", schemas);
        return choice(ways);
    }

    private Grammar byType(JsonNode schema, String where, int within) {
        var types = new ArrayList<String>();
        if (schema.path("type").isTextual()) types.add(schema.get("type").asText());
        schema.path("type").forEach(type -> types.add(type.asText()));
        if (types.isEmpty()) {
            if (schema.has("properties") || schema.has("required")) types.add("object");
            else if (schema.has("items") || schema.has("prefixItems")) types.add("array");
            else return value;
        }
        Expect.that(TYPES.containsAll(types), where + ".type", "of " + TYPES, types);
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
        var required = new LinkedHashSet<String>();
        schema.path("required").forEach(name -> required.add(name.asText()));
        if (properties.isEmpty() && required.isEmpty()) {
            boolean none = additional.isBoolean() && !additional.booleanValue();
            if (none) return then(text("{"), JsonTexts.SPACE, text("}"));
            Grammar values = additional.isObject() ? of(additional, where + ".additionalProperties", within + 1)
                    : value;
            return object(member(JsonTexts.string(0, Grammar.ENDLESS), values));
        }
        var members = new ArrayList<Map.Entry<Boolean, Grammar>>();
        properties.properties().forEach(property -> members.add(Map.entry(required.remove(property.getKey()),
                member(JsonTexts.literal(property.getKey()), of(property.getValue(), where + "." + property.getKey(),
                        within + 1)))));
        required.forEach(name -> members.add(Map.entry(true, member(JsonTexts.literal(name), value))));
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
        for (JsonNode item : schema.path("prefixItems")) {
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
        Grammar rest = Grammar.EMPTY;
        for (int i = 1; i < given; i++) rest = then(rest, JsonTexts.COMMA, first.get(i));
        int read = Math.max(1, given);
        int more = most == Grammar.ENDLESS ? most : most - read;
        Grammar others = repeat(then(JsonTexts.COMMA, item), Math.max(0, least - read), more);
        Grammar whole = then(open, rest, others, end);
        return then(text("["), least == 0 ? then(JsonTexts.SPACE, choice(text("]"), whole))
                : then(JsonTexts.SPACE, whole));
    }

}
