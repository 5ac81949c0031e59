package dev.merapi.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Functions that a model may call, or must: they are told to it by its chat template, and a call is read from what it
 * writes, in the forms that Hermes and Qwen, Llama and Mistral were taught. A call that is asked for is written under a
 * schema, so that it is always one.
 *
 * @param all as requests have them
 * @param forced the schema of the call that the answer must be; null if it may be anything
 */
record OpenAiTools(List<JsonNode> all, JsonNode forced) {
    private static final Pattern TAGGED = Pattern.compile("<tool_call>\\s*(.*?)\\s*(?:</tool_call>|$)", Pattern.DOTALL);
    private static final Set<String> CHOICES = Set.of("none", "auto", "required");
    private static final String LISTED = "[TOOL_CALLS]"; // Mistral's

    static OpenAiTools of(JsonNode body) {
        var all = new ArrayList<JsonNode>();
        for (JsonNode tool : Fields.list(body, "tools")) {
            boolean good = tool.path("type").asText().equals("function")
                    && tool.at("/function/name").asText().matches("[\\w.-]{1,64}");
            if (!good) throw Refusal.wrong("tools", "functions, each {\"type\", \"function\": {\"name\", …}}",
                    Inputs.brief(tool));
            all.add(tool);
        }
        JsonNode choice = body.path("tool_choice");
        boolean known = choice.isMissingNode() || choice.isNull() || choice.at("/function/name").isTextual()
                || CHOICES.contains(choice.asText());
        if (!known) throw Refusal.wrong("tool_choice", "none, auto, required or {\"type\", \"function\": {\"name\"}}",
                Inputs.brief(choice));
        String named = choice.at("/function/name").asText(null);
        if (named != null || choice.asText().equals("required")) {
            var wanted = all.stream().filter(tool -> named == null || name(tool).equals(named)).toList();
            if (wanted.isEmpty()) throw Refusal.wrong("tool_choice", "one of the tools", Inputs.brief(choice));
            return new OpenAiTools(all, schema(wanted));
        }
        return new OpenAiTools(choice.asText().equals("none") ? List.of() : all, null);
    }

    private static String name(JsonNode tool) { return tool.at("/function/name").asText(); }

    /** Of a call of one of these. */
    private static JsonNode schema(List<JsonNode> tools) {
        var any = Inputs.JSON.createObjectNode();
        var ways = any.putArray("anyOf");
        for (JsonNode tool : tools) {
            ObjectNode way = ways.addObject().put("type", "object");
            var properties = way.putObject("properties");
            properties.putObject("name").put("const", name(tool));
            JsonNode arguments = tool.at("/function/parameters");
            String here = "#/anyOf/" + (ways.size() - 1) + "/properties/arguments";
            properties.set("arguments", arguments.isObject() ? moved(arguments, here) : Inputs.JSON.createObjectNode()
                    .put("type", "object").put("additionalProperties", false));
            way.putArray("required").add("name").add("arguments");
        }
        return any;
    }

    /** A schema that stands within another now, to which its references are said from there on. */
    private static JsonNode moved(JsonNode schema, String here) {
        if (!schema.isContainerNode()) return schema;
        JsonNode copy = schema.isArray() ? Inputs.JSON.createArrayNode() : Inputs.JSON.createObjectNode();
        if (copy instanceof ArrayNode list) schema.forEach(one -> list.add(moved(one, here)));
        schema.properties().forEach(entry -> {
            boolean refers = entry.getKey().equals("$ref") && entry.getValue().asText().startsWith("#");
            ((ObjectNode) copy).set(entry.getKey(), refers
                    ? TextNode.valueOf(here + entry.getValue().asText().substring(1)) : moved(entry.getValue(), here));
        });
        return copy;
    }

    boolean isEmpty() { return all.isEmpty(); }

    List<Map<String, Object>> forTemplate() {
        return all.stream().map(tool -> Inputs.JSON.convertValue(tool, new TypeReference<Map<String, Object>>() {}))
                .toList();
    }

    /** The calls in a text, as answers have them; none if it is an answer in words. */
    List<Map<String, Object>> called(String text) {
        if (all.isEmpty()) return List.of();
        var found = new ArrayList<JsonNode>();
        var tagged = TAGGED.matcher(text);
        while (tagged.find()) found.add(json(tagged.group(1)));
        if (found.isEmpty()) {
            String bare = text.strip();
            JsonNode whole = json(bare.startsWith(LISTED) ? bare.substring(LISTED.length()) : bare);
            if (whole.isArray()) whole.forEach(found::add);
            else found.add(whole);
        }
        boolean good = !found.isEmpty() && found.stream().allMatch(this::isCall);
        return good ? found.stream().map(OpenAiTools::call).toList() : List.of();
    }

    private boolean isCall(JsonNode json) {
        String named = json.path("name").asText();
        return arguments(json).isObject() && all.stream().anyMatch(tool -> name(tool).equals(named));
    }

    private static JsonNode arguments(JsonNode json) {
        return json.has("arguments") ? json.get("arguments") : json.path("parameters"); // Llama's word
    }

    private static Map<String, Object> call(JsonNode json) {
        var call = new LinkedHashMap<String, Object>();
        call.put("id", "call_" + UUID.randomUUID().toString().replace("-", "").substring(0, 24));
        call.put("type", "function");
        call.put("function", Map.of("name", json.get("name").asText(), "arguments", arguments(json).toString()));
        return call;
    }

    private static JsonNode json(String text) {
        try {
            return Inputs.JSON.readTree(text);
        } catch (JsonProcessingException e) {
            return Inputs.JSON.missingNode();
        }
    }

    /** Calls that were made before, as templates want them: with arguments as values. */
    static List<Map<String, Object>> calls(List<JsonNode> given) {
        var calls = new ArrayList<Map<String, Object>>();
        for (JsonNode call : given) {
            JsonNode arguments = json(call.at("/function/arguments").asText());
            if (!arguments.isObject() || name(call).isEmpty()) {
                throw Refusal.wrong("messages", "tool_calls of functions, with arguments in JSON", Inputs.brief(call));
            }
            calls.add(Map.of("id", call.path("id").asText(), "type", "function", "function", Map.of("name", name(call),
                    "arguments", Inputs.JSON.convertValue(arguments, new TypeReference<Map<String, Object>>() {}))));
        }
        return calls;
    }
}
