package dev.merapi.io;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A hub on the loopback interface that answers as Hugging Face's does, and another server that has large files. */
class HubTest {
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    private static final String OTHER = "fedcba9876543210fedcba9876543210fedcba98";

    @TempDir Path folder;

    private HttpServer hub;
    private HttpServer store;
    private String commit = COMMIT;
    private int status = 200;
    private int cutAfter = Integer.MAX_VALUE;
    private boolean lie;
    private final Map<String, byte[]> files = new TreeMap<>();
    private final List<String> requests = new ArrayList<>();
    private final List<String> tokensOfStore = new ArrayList<>();

    @BeforeEach void start() throws IOException {
        hub = server();
        hub.createContext("/", this::answer);
        store = server();
        store.createContext("/", this::answerFromStore);
        hub.start();
        store.start();
        Path weights = folder.resolve("w.safetensors");
        try (var _ = Scope.open()) {
            Safetensors.write(weights, Map.of("x", Tensor.zeros(5_000)), Map.of());
        }
        files.put("config.json", "{\"model_type\": \"vit\"}".getBytes(StandardCharsets.UTF_8));
        files.put("model.safetensors", Files.readAllBytes(weights));
        files.put("pytorch_model.bin", new byte[10]);
        files.put("README.md", new byte[10]);
        files.put("onnx/config.json", new byte[10]);
    }

    private static HttpServer server() throws IOException {
        return HttpServer.create(new InetSocketAddress(InetAddress.getByName("localhost"), 0), 0);
    }

    @AfterEach void stop() {
        hub.stop(0);
        store.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        requests.add(exchange.getRequestMethod() + " " + path);
        var headers = exchange.getResponseHeaders();
        if (status != 200) {
            send(exchange, status, new byte[0]);
        } else if (path.startsWith("/api/models/o/m/revision/")) {
            String siblings = files.keySet().stream().map("{\"rfilename\": \"%s\"}"::formatted)
                    .collect(Collectors.joining(", "));
            send(exchange, 200, "{\"sha\": \"%s\", \"siblings\": [%s]}".formatted(commit, siblings)
                    .getBytes(StandardCharsets.UTF_8));
        } else {
            String name = path.replaceFirst("/o/m/resolve/" + commit + "/", "");
            byte[] content = files.get(name);
            if (content == null) {
                send(exchange, 404, new byte[0]);
            } else if (name.endsWith(".safetensors")) {
                headers.add("X-Linked-Etag", "\"" + sha256(content) + "\"");
                headers.add("Location", "http://localhost:" + store.getAddress().getPort() + "/" + name + "?signed=1");
                send(exchange, 302, new byte[0]);
            } else {
                headers.add("ETag", "W/\"" + git(content) + "\"");
                send(exchange, 200, content);
            }
        }
    }

    private void answerFromStore(HttpExchange exchange) throws IOException {
        tokensOfStore.add("" + exchange.getRequestHeaders().getFirst("Authorization"));
        byte[] content = files.get(exchange.getRequestURI().getPath().substring(1)).clone();
        if (lie) content[content.length - 1] ^= 1;
        String range = exchange.getRequestHeaders().getFirst("Range");
        requests.add("store " + range);
        int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
        byte[] rest = Arrays.copyOfRange(content, from, content.length);
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, rest.length);
        exchange.getResponseBody().write(rest, 0, Math.min(rest.length, cutAfter));
        exchange.getResponseBody().flush();
        exchange.close();
    }

    private static void send(HttpExchange exchange, int status, byte[] content) throws IOException {
        boolean none = content.length == 0 || exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, none ? -1 : content.length);
        if (!none) exchange.getResponseBody().write(content);
        exchange.close();
    }

    @Test void fetchesWhatIsOfUseOnce() throws IOException {
        Path model = hub().model("o/m");
        assertEquals(folder.resolve("cache/models--o--m/snapshots/" + COMMIT), model);
        try (var all = Files.list(model)) {
            assertEquals(List.of("config.json", "model.safetensors"),
                    all.map(file -> file.getFileName().toString()).sorted().toList());
        }
        assertArrayEquals(files.get("model.safetensors"), Files.readAllBytes(model.resolve("model.safetensors")));
        assertEquals(List.of("x"), List.copyOf(Weights.open(model).names()));
        assertEquals(COMMIT, Files.readString(folder.resolve("cache/models--o--m/refs/main")));
        assertTrue(Files.exists(folder.resolve("cache/models--o--m/blobs/" + sha256(files.get("model.safetensors")))));
        requests.clear();
        assertEquals(model, hub().model("o/m"));
        assertEquals(List.of("GET /api/models/o/m/revision/main"), requests);
    }

    @Test void aTokenIsForTheHubAlone() {
        new Hub(endpoint(), folder.resolve("cache"), "secret", false).model("o/m");
        assertEquals(List.of("null"), tokensOfStore);
    }

    @Test void goesOnWhereItWasCutOff() throws IOException {
        cutAfter = 9_000;
        String error = assertThrows(IllegalStateException.class, () -> hub().model("o/m")).getMessage();
        assertTrue(error.contains("could not be downloaded from") && error.endsWith("it goes on where it stopped."),
                error);
        Path part = folder.resolve("cache/models--o--m/blobs/" + sha256(files.get("model.safetensors")) + ".part");
        long have = Files.size(part);
        assertTrue(have > 0 && have <= 9_000, have + " bytes");
        assertThrows(IllegalStateException.class, () -> offline().model("o/m"), "half a model is none");
        assertThrows(IllegalStateException.class, () -> offline().model("o/m@" + COMMIT));
        cutAfter = Integer.MAX_VALUE;
        assertArrayEquals(files.get("model.safetensors"),
                Files.readAllBytes(hub().model("o/m").resolve("model.safetensors")));
        assertEquals("store bytes=" + have + "-", requests.getLast());
    }

    @Test void aWrongChecksumIsNotKept() throws IOException {
        lie = true;
        String error = assertThrows(IllegalStateException.class, () -> hub().model("o/m")).getMessage();
        assertTrue(error.contains("expected SHA-256 " + sha256(files.get("model.safetensors"))), error);
        lie = false;
        assertEquals(files.get("model.safetensors").length,
                Files.size(hub().model("o/m").resolve("model.safetensors")));
    }

    @Test void aChangedFileIsToldOf() throws IOException {
        Path model = hub().model("o/m");
        Path blob = model.resolve("config.json").toRealPath();
        Files.writeString(blob, "{}");
        String error = assertThrows(IllegalArgumentException.class, () -> hub().model("o/m")).getMessage();
        assertTrue(error.startsWith(blob + ": expected Git SHA-1 " + git(files.get("config.json"))), error);
    }

    @Test void withoutTheHubTheCacheIsEnough() {
        Path model = hub().model("o/m");
        assertEquals(model, offline().model("o/m"));
        assertEquals(model, offline().model("o/m@" + COMMIT));
        status = 503;
        assertEquals(model, hub().model("o/m"));
        hub.stop(0);
        assertEquals(model, hub().model("o/m"));
    }

    @Test void aNewCommitIsFetchedBesideTheOld() throws IOException {
        Path old = hub().model("o/m");
        commit = OTHER;
        files.put("config.json", "{}".getBytes(StandardCharsets.UTF_8));
        Path now = hub().model("o/m");
        assertEquals(old.resolveSibling(OTHER), now);
        assertEquals("{}", Files.readString(now.resolve("config.json")));
        assertTrue(Files.readString(old.resolve("config.json")).contains("vit"));
        assertEquals(1, requests.stream().filter(r -> r.startsWith("store")).count(), "the weights are the same");
        assertEquals(old, hub().model("o/m@" + COMMIT), "a commit cannot change");
    }

    @Test void whatCannotBeHadSaysWhatToDo() {
        Path place = folder.resolve("cache/models--o--m");
        assertEquals("o/m: it is not in the cache, " + place + ", and the network is not to be used (HF_HUB_OFFLINE)."
                + " Unset that, or give a folder that holds the model.",
                assertThrows(IllegalStateException.class, () -> offline().model("o/m")).getMessage());
        status = 404;
        assertEquals("o/m: it could not be had from " + endpoint() + " (it answered 404 for " + endpoint()
                + "/api/models/o/m/revision/main; is the name right, and HF_TOKEN set if the model is private?), and is"
                + " not in the cache, " + place + ". Try again later, set HF_ENDPOINT to a mirror, or give a folder"
                + " that holds the model.",
                assertThrows(IllegalStateException.class, () -> hub().model("o/m")).getMessage());
        assertEquals("Hub: expected a model as owner/name, or owner/name@revision. Received ../m",
                assertThrows(IllegalArgumentException.class, () -> hub().model("../m")).getMessage());
    }

    @Test void namesCannotLeadOutOfTheCache() {
        commit = "../../../../evil";
        assertThrows(IllegalStateException.class, () -> hub().model("o/m"));
        commit = COMMIT;
        assertThrows(IllegalArgumentException.class, () -> hub().model("o/m@../../evil"));
        files.put("..json", new byte[] {1});
        assertThrows(IllegalStateException.class, () -> hub().model("o/m"));
        assertFalse(Files.exists(folder.resolve("evil")));
    }

    @Test void aFolderIsTakenBeforeAName() throws IOException {
        Path there = Files.createDirectory(folder.resolve("there"));
        assertEquals(there, hub().folder(there.toString()));
        assertEquals(Path.of("bert"), hub().folder("bert"));
        assertEquals(Path.of("src/none"), hub().folder("src/none"), "src is a folder here");
        assertEquals(List.of(), requests);
        assertEquals(hub().model("o/m"), hub().folder("o/m"));
    }

    @Test void theEnvironmentIsThatOfPythonsTools() {
        Path home = Path.of("/home/x");
        assertEquals(new Hub(URI.create("https://huggingface.co"), Path.of("/home/x/.cache/huggingface/hub"), null,
                false), Hub.of(Map.of(), home));
        assertEquals(new Hub(URI.create("http://mirror/hf"), Path.of("/data/hub"), "t", true), Hub.of(Map.of(
                "HF_ENDPOINT", "http://mirror/hf", "HF_HOME", "/data", "HF_TOKEN", "t", "HF_HUB_OFFLINE", "1"), home));
        assertEquals(Path.of("/c"), Hub.of(Map.of("HF_HUB_CACHE", "/c", "HF_HOME", "/data"), home).cache());
    }

    private Hub hub() { return new Hub(endpoint(), folder.resolve("cache"), null, false); }

    private Hub offline() { return new Hub(endpoint(), folder.resolve("cache"), null, true); }

    private URI endpoint() { return URI.create("http://localhost:" + hub.getAddress().getPort()); }

    private static String sha256(byte[] content) { return digest("SHA-256", content); }

    private static String git(byte[] content) {
        byte[] head = ("blob " + content.length + "\0").getBytes(StandardCharsets.UTF_8);
        byte[] all = Arrays.copyOf(head, head.length + content.length);
        System.arraycopy(content, 0, all, head.length, content.length);
        return digest("SHA-1", all);
    }

    private static String digest(String algorithm, byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
