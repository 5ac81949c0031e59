package dev.merapi.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.merapi.io.JsonErrors;
import io.helidon.http.HeaderNames;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A request and its answer, in JSON. */
final class Exchange {
    private final ServerRequest request;
    private final ServerResponse response;
    private final int maxBody;
    private final Patience patience; // with the client
    private final boolean openAi; // its form of errors
    private OutputStream events; // null where no stream has begun

    Exchange(ServerRequest request, ServerResponse response, int maxBody, Patience patience) {
        this.request = request;
        this.response = response;
        this.maxBody = maxBody;
        this.patience = patience;
        openAi = request.path().path().startsWith("/v1/");
        response.header("X-Content-Type-Options", "nosniff");
    }

    /** A part of the path, as its pattern names it. */
    String part(String name) { return request.path().pathParameters().get(name); }

    String header(String name) { return request.headers().first(HeaderNames.create(name)).orElse(""); }

    /** What stands behind the path by a name; empty if nothing does. */
    String query(String name) { return request.query().first(name).orElse(""); }

    /** The object in the body. */
    JsonNode json() {
        expectType("application/json");
        return object(body());
    }

    /** Refuses other types, which a page from elsewhere might send. */
    void expectType(String type) {
        if (header("Content-Type").strip().toLowerCase().startsWith(type)) return;
        throw new Refusal(415, null, "Content-Type: expected " + type + ". Received "
                + (header("Content-Type").isEmpty() ? "none" : header("Content-Type")) + ".");
    }

    /** The object that bytes are the text of. */
    static JsonNode object(byte[] bytes) {
        try {
            JsonNode json = Inputs.JSON.readTree(text(bytes, "body"));
            if (json.isObject()) return json;
            throw Refusal.wrong("body", "a JSON object", Inputs.brief(json));
        } catch (JsonProcessingException e) {
            throw new Refusal(400, null, "body: not JSON. " + JsonErrors.reason(e));
        }
    }

    byte[] body() {
        long length = request.headers().contentLength().orElse(0);
        if (length > maxBody) throw tooLarge();
        if (!request.content().hasEntity()) return new byte[0];
        byte[] body = patience.allow(this::received);
        if (body.length > maxBody) throw tooLarge();
        return body;
    }

    /** A byte more than may come, where there are so many. */
    private byte[] received() throws IOException {
        try (var in = request.content().inputStream()) {
            return in.readNBytes(maxBody + 1);
        } catch (RequestException e) {
            throw e; // is no HTTP, which the server answers
        } catch (RuntimeException e) {
            throw new IOException("ends before its length", e);
        }
    }

    private Refusal tooLarge() {
        return new Refusal(413, null, "body: expected at most " + maxBody + " bytes, the setting max_body. Received"
                + " more; send less at once.");
    }

    static String text(byte[] bytes, String where) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new Refusal(400, null, where + ": expected text in UTF-8. Received bytes that are none.");
        }
    }

    void send(Object value) { send(200, value); }

    private void send(int status, Object value) {
        try {
            send(status, "application/json", Inputs.JSON.writeValueAsBytes(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** With one header more. */
    void send(String type, String header, String value, byte[] body) {
        response.header(header, value);
        send(200, type, body);
    }

    void send(int status, String type, byte[] body) {
        response.status(Status.create(status)).header("Content-Type", type);
        patience.allow(() -> {
            response.send(body);
            return null;
        });
    }

    /** Says what a browser may do with the answer. */
    Exchange policy(String policy) {
        response.header("Content-Security-Policy", policy).header("Cross-Origin-Resource-Policy", "same-origin")
                .header("Referrer-Policy", "no-referrer").header("Cache-Control", "no-cache");
        return this;
    }

    /** A file as it is now, though it may grow meanwhile. */
    void send(Path file, String type) {
        policy("sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:");
        try (var in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            long left = Files.size(file);
            response.header("Content-Type", type).contentLength(left);
            try (var out = response.outputStream()) { // each piece within the patience
                var buffer = new byte[1 << 16];
                for (int n; left > 0; left -= n) {
                    n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                    if (n < 0) break; // was cut meanwhile
                    write(out, buffer, n);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(OutputStream out, byte[] bytes, int count) {
        patience.allow(() -> {
            out.write(bytes, 0, count);
            out.flush();
            return null;
        });
    }

    /** Sends an event of a stream, which the first one begins; fails if the client has hung up. */
    void event(Object value) {
        try {
            event(Inputs.JSON.writeValueAsString(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An event of one line. */
    void event(String line) { stream("data: " + line + "\n\n"); }

    /** Sends nothing, by which one learns whether the client is still there. */
    void pulse() { stream(":\n\n"); }

    private void stream(String lines) {
        if (events == null) {
            events = response.header("Content-Type", "text/event-stream; charset=utf-8")
                    .header("Cache-Control", "no-cache").outputStream();
        }
        byte[] bytes = lines.getBytes(StandardCharsets.UTF_8);
        write(events, bytes, bytes.length);
    }

    /** Ends a stream. */
    void endEvents() {
        if (events == null) return;
        patience.allow(() -> {
            events.close();
            return null;
        });
    }

    /** Says what is wrong, in the form of the interface that was asked. */
    void fail(int status, String code, String message) {
        if (events != null) {
            event(error(status, code, message));
            endEvents();
            return;
        }
        if (status == 429 || status == 503) response.header("Retry-After", "1");
        if (status == 401) response.header("WWW-Authenticate", "Bearer");
        send(status, error(status, code, message));
    }

    private Map<String, Object> error(int status, String code, String message) {
        if (!openAi) return Map.of("error", message);
        var error = new LinkedHashMap<String, Object>(); // null is a value of theirs
        error.put("message", message);
        error.put("type", switch (status) {
            case 401 -> "authentication_error";
            case 429 -> "rate_limit_error";
            default -> status < 500 ? "invalid_request_error" : "server_error";
        });
        error.put("param", null);
        error.put("code", code);
        return Map.of("error", error);
    }

    int status() { return response.status().code(); }
}
