package dev.merapi.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * Tensors as bytes behind the JSON of a request or an answer: KServe's binary tensor data extension, little-endian,
 * with the length of the JSON in a header.
 */
final class KserveBinary {
    private static final String LENGTH = "Inference-Header-Content-Length";

    private KserveBinary() {}

    /** Answers a request, whose tensors are in JSON or behind it; so are those of the answer, as it asks. */
    static void answer(Exchange exchange, Served<?> model) {
        boolean binary = !exchange.header(LENGTH).isEmpty();
        JsonNode body = binary ? read(exchange, model) : exchange.json();
        var answer = Kserve.infer(model, body);
        boolean all = Fields.flag(Fields.object(body, "parameters"), "binary_data_output");
        if (all) send(exchange, answer);
        else exchange.send(answer);
    }

    private static JsonNode read(Exchange exchange, Served<?> model) {
        exchange.expectType("application/octet-stream");
        byte[] bytes = exchange.body();
        int length;
        try {
            length = Integer.parseInt(exchange.header(LENGTH).strip());
        } catch (NumberFormatException e) {
            length = -1;
        }
        if (length < 0 || length > bytes.length) {
            throw Refusal.wrong(LENGTH, "0 to " + bytes.length + ", the body's bytes", exchange.header(LENGTH));
        }
        JsonNode body = Exchange.object(Arrays.copyOf(bytes, length));
        var rest = ByteBuffer.wrap(bytes, length, bytes.length - length).order(ByteOrder.LITTLE_ENDIAN);
        for (JsonNode tensor : body.path("inputs")) {
            JsonNode size = tensor.at("/parameters/binary_data_size");
            if (size.isMissingNode()) continue;
            String name = tensor.path("name").asText() + ".binary_data_size";
            boolean good = size.isInt() && size.intValue() >= 0 && size.intValue() <= rest.remaining();
            if (!good) throw Refusal.wrong(name, "at most the " + rest.remaining() + " bytes left", size);
            var own = rest.slice(rest.position(), size.intValue()).order(ByteOrder.LITTLE_ENDIAN);
            rest.position(rest.position() + size.intValue());
            ((ObjectNode) tensor).set("data", values(own, tensor.path("datatype").asText(), name,
                    model.inputs().kind().equals("picture")));
        }
        if (rest.hasRemaining()) throw Refusal.wrong("body", "no bytes behind the tensors", rest.remaining());
        return body;
    }

    private static ArrayNode values(ByteBuffer bytes, String type, String name, boolean picture) {
        var values = Inputs.JSON.createArrayNode();
        try {
            while (bytes.hasRemaining()) value(bytes, type, picture, values);
            return values;
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            throw Refusal.wrong(name, "whole values of " + type, "a part of one at the end");
        }
    }

    private static void value(ByteBuffer bytes, String type, boolean picture, ArrayNode values) {
        switch (type) {
            case "BOOL" -> values.add(bytes.get() != 0);
            case "INT8" -> values.add(bytes.get());
            case "UINT8" -> values.add(bytes.get() & 0xFF);
            case "INT16" -> values.add(bytes.getShort());
            case "UINT16" -> values.add(bytes.getShort() & 0xFFFF);
            case "INT32" -> values.add(bytes.getInt());
            case "UINT32" -> values.add(bytes.getInt() & 0xFFFF_FFFFL);
            case "INT64" -> values.add(bytes.getLong());
            case "UINT64" -> values.add(new BigInteger(Long.toUnsignedString(bytes.getLong())));
            case "FP16" -> values.add(Float.float16ToFloat(bytes.getShort()));
            case "FP32" -> values.add(bytes.getFloat());
            case "FP64" -> values.add(bytes.getDouble());
            case "BYTES" -> {
                int length = bytes.getInt();
                if (length < 0 || length > bytes.remaining()) throw new BufferUnderflowException();
                var element = new byte[length];
                bytes.get(element);
                values.add(picture ? Base64.getEncoder().encodeToString(element)
                        : Exchange.text(element, "BYTES"));
            }
            default -> throw Refusal.wrong("datatype", "one of KServe's", type);
        }
    }

    @SuppressWarnings("unchecked") // outputs are as Kserve makes them
    private static void send(Exchange exchange, Map<String, Object> answer) {
        var bytes = new ByteArrayOutputStream();
        for (var output : (List<Map<String, Object>>) answer.get("outputs")) {
            byte[] own = bytes(output);
            output.remove("data");
            output.put("parameters", Map.of("binary_data_size", own.length));
            bytes.writeBytes(own);
        }
        try {
            byte[] json = Inputs.JSON.writeValueAsBytes(answer);
            var whole = new ByteArrayOutputStream();
            whole.writeBytes(json);
            whole.writeBytes(bytes.toByteArray());
            exchange.send("application/octet-stream", LENGTH, String.valueOf(json.length), whole.toByteArray());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] bytes(Map<String, Object> output) {
        var out = new ByteArrayOutputStream();
        for (Object value : (List<?>) output.get("data")) {
            boolean isText = output.get("datatype").equals("BYTES");
            byte[] text = isText ? String.valueOf(value).getBytes(StandardCharsets.UTF_8) : new byte[0];
            var buffer = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            switch (output.get("datatype").toString()) {
                case "BYTES" -> buffer.putInt(text.length);
                case "FP32" -> buffer.putFloat(((Number) value).floatValue());
                default -> buffer.putDouble(((Number) value).doubleValue());
            }
            out.write(buffer.array(), 0, buffer.position());
            out.writeBytes(text);
        }
        return out.toByteArray();
    }
}
