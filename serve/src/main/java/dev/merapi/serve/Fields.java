package dev.merapi.serve;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Parts of a request's JSON. One of another type is refused, not passed over: somebody meant something by it. */
final class Fields {
    private Fields() {}

    private static boolean isMissing(JsonNode value) { return value.isMissingNode() || value.isNull(); }

    static double number(JsonNode body, String name, double usual, double least, double most) {
        JsonNode value = body.path(name);
        if (isMissing(value)) return usual;
        if (value.isNumber() && value.asDouble() >= least && value.asDouble() <= most) return value.asDouble();
        throw Refusal.wrong(name, "a number from " + least + " to " + most, Inputs.brief(value));
    }

    static long whole(JsonNode body, String name, long usual, long least) {
        JsonNode value = body.path(name);
        if (isMissing(value)) return usual;
        if (value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= least) {
            return value.longValue();
        }
        throw Refusal.wrong(name, "a whole number" + (least == Long.MIN_VALUE ? "" : " from " + least),
                Inputs.brief(value));
    }

    /** A count; one that is larger than any thing can be is as good as the largest. */
    static int count(JsonNode body, String name, long usual, int least) {
        return (int) Math.min(Integer.MAX_VALUE, whole(body, name, usual, least));
    }

    static boolean flag(JsonNode body, String name) {
        JsonNode value = body.path(name);
        if (isMissing(value)) return false;
        if (value.isBoolean()) return value.booleanValue();
        throw Refusal.wrong(name, "true or false", Inputs.brief(value));
    }

    /** Missing if there is none. */
    static JsonNode object(JsonNode body, String name) {
        JsonNode value = body.path(name);
        if (isMissing(value)) return Inputs.JSON.missingNode();
        if (value.isObject()) return value;
        throw Refusal.wrong(name, "a JSON object", Inputs.brief(value));
    }

    /** Empty if there is none. */
    static List<JsonNode> list(JsonNode body, String name) {
        JsonNode value = body.path(name);
        var all = new ArrayList<JsonNode>();
        if (!isMissing(value) && !value.isArray()) throw Refusal.wrong(name, "a list", Inputs.brief(value));
        value.forEach(all::add);
        return all;
    }
}
