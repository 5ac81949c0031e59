package dev.merapi.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.merapi.recipe.Classes;
import dev.merapi.recipe.Prediction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Open Inference Protocol 2, KServe's: tensors in JSON. */
final class Kserve {
    private static final Set<String> NUMBERS = Set.of("UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32",
            "INT64", "FP16", "FP32", "FP64");

    private Kserve() {}

    static Map<String, Object> metadata(Served<?> model) {
        var about = new LinkedHashMap<String, Object>();
        about.put("name", model.name());
        about.put("versions", List.of("1"));
        about.put("platform", "merapi");
        about.put("inputs", model.inputs().tensors());
        about.put("outputs", outputs(model));
        about.put("kind", model.kind());
        about.put("answer", answer(model));
        return about;
    }

    /** What an answer is, for those who show it: {@code classes}, {@code entities}, {@code vector} and the like. */
    private static String answer(Served<?> model) {
        if (model.inputs().kind().equals("row")) return "row";
        Class<?> type = model.model().output();
        return type == float[].class ? "vector" : type == String.class ? "text" : type.getSimpleName().toLowerCase();
    }

    private static List<Map<String, Object>> outputs(Served<?> model) {
        if (model.inputs().kind().equals("row")) return List.of(); // a column each, named after the target
        Class<?> type = model.model().output();
        if (type == float[].class) return Inputs.tensor("vector", "FP32", -1, -1);
        if (type != Classes.class) return Inputs.tensor("answer", "BYTES", -1);
        return List.of(Inputs.tensor("label", "BYTES", -1).getFirst(),
                Inputs.tensor("probability", "FP32", -1, -1).getFirst(),
                Inputs.tensor("labels", "BYTES", -1, -1).getFirst());
    }

    static Map<String, Object> infer(Served<?> model, JsonNode body) {
        var answers = model.answers(elements(model.inputs(), body.path("inputs")));
        var response = new LinkedHashMap<String, Object>();
        response.put("model_name", model.name());
        response.put("model_version", "1");
        if (body.path("id").isTextual()) response.put("id", body.get("id").textValue());
        response.put("outputs", outputs(answers));
        return response;
    }

    /** The inputs that tensors hold: an element each, or, of models with columns, an object of a value from each. */
    private static List<JsonNode> elements(Inputs<?> inputs, JsonNode tensors) {
        if (!tensors.isArray() || tensors.isEmpty()) {
            throw Refusal.wrong("inputs", "tensors, each {\"name\", \"shape\", \"datatype\", \"data\"}",
                    Inputs.brief(tensors));
        }
        if (inputs.inParts()) return rows(tensors);
        if (tensors.size() > 1) throw Refusal.wrong("inputs", "one tensor", tensors.size());
        JsonNode tensor = tensors.get(0);
        long[] shape = shape(tensor);
        if (inputs.kind().equals("picture") && shape.length == 4) return pictures(tensor, shape);
        return data(tensor);
    }

    private static List<JsonNode> rows(JsonNode tensors) {
        List<JsonNode> rows = null;
        for (JsonNode tensor : tensors) {
            var values = data(tensor);
            if (rows == null) rows = values.stream().<JsonNode>map(_ -> Inputs.JSON.createObjectNode()).toList();
            if (values.size() != rows.size()) {
                throw Refusal.wrong(name(tensor), rows.size() + " values, as in the first tensor", values.size());
            }
            for (int i = 0; i < values.size(); i++) ((ObjectNode) rows.get(i)).set(name(tensor), values.get(i));
        }
        return rows;
    }

    /** Of a tensor (N, H, W, C) of bytes. */
    private static List<JsonNode> pictures(JsonNode tensor, long[] shape) {
        var data = data(tensor);
        int size = data.size() / (int) shape[0];
        var pictures = new ArrayList<JsonNode>();
        for (int i = 0; i < shape[0]; i++) {
            var picture = Inputs.JSON.createObjectNode();
            picture.putArray("shape").add((int) shape[1]).add((int) shape[2]).add((int) shape[3]);
            picture.putArray("data").addAll(data.subList(i * size, (i + 1) * size));
            pictures.add(picture);
        }
        return pictures;
    }

    private static String name(JsonNode tensor) {
        if (tensor.path("name").isTextual()) return tensor.get("name").textValue();
        throw Refusal.wrong("inputs", "a name of each tensor", Inputs.brief(tensor));
    }

    private static long[] shape(JsonNode tensor) {
        JsonNode shape = tensor.path("shape");
        var sizes = new long[shape.size()];
        for (int i = 0; i < sizes.length; i++) {
            if (!shape.get(i).isInt() || shape.get(i).intValue() < 1) sizes[i] = 0;
            else sizes[i] = shape.get(i).intValue();
        }
        if (sizes.length > 0 && Arrays.stream(sizes).allMatch(size -> size > 0)) return sizes;
        throw Refusal.wrong(name(tensor) + ".shape", "sizes from 1, such as [1]", Inputs.brief(shape));
    }

    /** The values, as many as the shape says, and of the type; nested lists are as good as flat ones. */
    private static List<JsonNode> data(JsonNode tensor) {
        var values = new ArrayList<JsonNode>();
        if (!tensor.path("data").isArray()) {
            throw Refusal.wrong(name(tensor) + ".data", "a list of values, or bytes behind the JSON",
                    Inputs.brief(tensor.path("data")));
        }
        flatten(tensor.get("data"), values);
        long expected = 1;
        for (long size : shape(tensor)) expected = Math.min(Integer.MAX_VALUE, expected * size);
        if (values.size() != expected) {
            throw Refusal.wrong(name(tensor) + ".data", expected + " values, by its shape", values.size());
        }
        String type = tensor.path("datatype").asText();
        boolean known = NUMBERS.contains(type) || type.equals("BYTES") || type.equals("BOOL");
        if (!known) throw Refusal.wrong(name(tensor) + ".datatype", "BYTES, BOOL or one of " + NUMBERS, type);
        for (JsonNode value : values) {
            boolean fits = value.isNull() || (type.equals("BYTES") ? value.isTextual()
                    : type.equals("BOOL") ? value.isBoolean() : value.isNumber());
            if (!fits) throw Refusal.wrong(name(tensor) + ".data", "values of " + type, Inputs.brief(value));
        }
        return values;
    }

    private static void flatten(JsonNode data, List<JsonNode> values) {
        for (JsonNode value : data) {
            if (value.isArray()) flatten(value, values);
            else values.add(value);
        }
    }

    private static List<Map<String, Object>> outputs(List<Object> answers) {
        return switch (answers.getFirst()) {
            case Classes first -> classes(answers.stream().map(Classes.class::cast).toList(), first.all().size());
            case float[] first -> List.of(output("vector", "FP32", answers, answers.size(), first.length));
            case Map<?, ?> row -> row.keySet().stream().map(Object::toString).map(name -> output(name,
                    row.get(name) instanceof Number ? "FP64" : "BYTES",
                    answers.stream().map(answer -> ((Map<?, ?>) answer).get(name)).toList(), answers.size())).toList();
            default -> List.of(output("answer", "BYTES", answers.stream().map(Kserve::text).toList(),
                    answers.size()));
        };
    }

    private static List<Map<String, Object>> classes(List<Classes> answers, int count) {
        var best = answers.stream().map(answer -> answer.best().label()).toList();
        return List.of(output("label", "BYTES", best, best.size()),
                output("probability", "FP32", flat(answers, Prediction::probability), best.size(), count),
                output("labels", "BYTES", flat(answers, Prediction::label), best.size(), count));
    }

    private static List<?> flat(List<Classes> answers, Function<Prediction, Object> part) {
        return answers.stream().flatMap(answer -> answer.all().stream()).map(part).toList();
    }

    private static Map<String, Object> output(String name, String type, List<?> data, long... shape) {
        var output = new LinkedHashMap<String, Object>();
        output.put("name", name);
        output.put("datatype", type);
        output.put("shape", shape);
        output.put("data", data.getFirst() instanceof float[] ? flat(data) : data);
        return output;
    }

    private static List<Float> flat(List<?> vectors) {
        var all = new ArrayList<Float>();
        for (Object vector : vectors) for (float value : (float[]) vector) all.add(value);
        return all;
    }

    /** A text as it is, another answer as JSON. */
    private static String text(Object answer) {
        if (answer instanceof String text) return text;
        try {
            return Inputs.JSON.writeValueAsString(answer);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
