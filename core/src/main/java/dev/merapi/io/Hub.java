package dev.merapi.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Models from the Hugging Face hub, or from a server with its paths, in the cache that Python's tools use too: what one
 * has fetched, the other finds. A file is resumed where it was broken off, and compared with the checksum that the hub
 * has for it.
 *
 * <pre>{@code
 * Path folder = Hub.usual().model("timm/resnet18.tv_in1k");
 * Weights.open(folder).names();
 * }</pre>
 *
 * @param endpoint where the hub is
 * @param cache as Python's: {@code models--<owner>--<name>} with {@code blobs}, {@code refs} and {@code snapshots}
 * @param token for private models, or null
 * @param offline whether only the cache is asked
 */
public record Hub(URI endpoint, Path cache, String token, boolean offline) {
    private static final String NAME = "[A-Za-z0-9][\\w.-]*";
    private static final String REVISION = "\\w[\\w.-]*(/\\w[\\w.-]*)*";
    private static final String COMMIT = "[0-9a-f]{40}";
    private static final String SHARD = "model-\\d{5}-of-\\d{5}\\.safetensors";
    private static final List<String> WEIGHTS = List.of(Shards.WHOLE, Shards.INDEX, "pytorch_model.bin");
    private static final int MOST_REDIRECTS = 5;

    /**
     * As the environment has it for Python's tools: {@code HF_ENDPOINT}, {@code HF_HUB_CACHE} (or {@code HF_HOME}, or
     * {@code ~/.cache/huggingface/hub}), {@code HF_TOKEN}, {@code HF_HUB_OFFLINE=1}.
     */
    public static Hub usual() { return of(System.getenv(), Path.of(System.getProperty("user.home"))); }

    static Hub of(Map<String, String> environment, Path home) {
        String root = environment.getOrDefault("HF_HOME", home.resolve(".cache/huggingface").toString());
        String cache = environment.getOrDefault("HF_HUB_CACHE", Path.of(root, "hub").toString());
        String offline = environment.getOrDefault("HF_HUB_OFFLINE", "").toLowerCase(Locale.ROOT);
        return new Hub(URI.create(environment.getOrDefault("HF_ENDPOINT", "https://huggingface.co")), Path.of(cache),
                environment.get("HF_TOKEN"), List.of("1", "true", "yes", "on").contains(offline));
    }

    /** Whether a text has the form of a model's name: {@code owner/name}, with {@code @} and a revision, maybe. */
    public static boolean isId(String text) { return text.matches(NAME + "/" + NAME + "(@" + REVISION + ")?"); }

    /**
     * A folder of a model: the one of this name or, where there is none and it has the form of a model's name, that of
     * {@link #model}. What begins with a folder that is there, such as {@code runs/…}, is no model's name.
     *
     * @throws IllegalStateException as {@link #model}
     */
    public Path folder(String folderOrId) {
        Path path = Path.of(folderOrId);
        boolean local = Files.exists(path) || !isId(folderOrId) || Files.isDirectory(path.getName(0));
        return local ? path : model(folderOrId);
    }

    /**
     * A folder with a model's files: settings, vocabularies and weights, safetensors where there are some. Without the
     * hub, what was fetched before is taken.
     *
     * @param id such as {@code timm/resnet18.tv_in1k}, or with a branch, tag or commit behind an {@code @}
     * @throws IllegalStateException if it can neither be fetched nor is in the cache, saying what to do, or a checksum
     *     is wrong
     */
    public Path model(String id) {
        if (!isId(id)) {
            throw new IllegalArgumentException("Hub: expected a model as owner/name, or owner/name@revision. Received "
                    + id);
        }
        int at = id.indexOf('@');
        String name = at < 0 ? id : id.substring(0, at), revision = at < 0 ? "main" : id.substring(at + 1);
        return new Model(this, name, revision, cache.resolve("models--" + name.replace("/", "--"))).fetch();
    }

    /** Which files of a model are of use here; those without which nothing is complete come last. */
    private static List<String> wanted(List<String> all) {
        String weights = WEIGHTS.stream().filter(all::contains).findFirst().orElse("");
        Predicate<String> shards = name -> weights.equals(Shards.INDEX) && name.matches(SHARD);
        return all.stream().filter(name -> name.equals(weights) || shards.test(name)
                || name.matches("[^/]+\\.(json|txt|model|jinja)") && !WEIGHTS.contains(name))
                .sorted(Comparator.comparing((String name) -> name.equals(weights))).toList();
    }

    /** A model's place in the cache. */
    private record Model(Hub hub, String id, String revision, Path folder) {
        Path fetch() {
            Path fixed = folder.resolve("snapshots").resolve(revision);
            if (revision.matches(COMMIT) && isComplete(fixed)) return fixed; // it cannot change
            if (hub.offline) {
                return cached(id + ": it is not in the cache, " + folder + ", and the network is not to be used"
                        + " (HF_HUB_OFFLINE). Unset that, or give a folder that holds the model.", null);
            }
            try (var client = HttpClient.newBuilder().connectTimeout(Download.PATIENCE)
                    .followRedirects(HttpClient.Redirect.NEVER).build()) {
                var about = about(client);
                String commit = commit(about.get("sha"));
                var all = new ArrayList<String>();
                if (about.get("siblings") != null) {
                    about.get("siblings").forEach(file -> all.add(file.path("rfilename").asText()));
                }
                Path snapshot = folder.resolve("snapshots").resolve(commit);
                for (String file : wanted(all)) fetch(client, commit, file, inside(snapshot, file));
                if (!revision.equals(commit)) AtomicFiles.write(inside(folder.resolve("refs"), revision), commit);
                return snapshot;
            } catch (Unavailable | IOException e) {
                return cached(id + ": it could not be had from " + hub.endpoint + " (" + reason(e) + "), and is not in"
                        + " the cache, " + folder + ". Try again later, set HF_ENDPOINT to a mirror, or give a folder"
                        + " that holds the model.", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(id + ": interrupted while it was fetched.", e);
            }
        }

        private static String reason(Exception e) {
            return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        }

        /** What was fetched before, or an error. */
        private Path cached(String otherwise, Exception cause) {
            try {
                Path ref = inside(folder.resolve("refs"), revision);
                String commit = Files.exists(ref) ? Files.readString(ref).strip() : revision;
                Path snapshot = folder.resolve("snapshots").resolve(commit);
                if (commit.matches(COMMIT) && isComplete(snapshot)) return snapshot;
            } catch (IOException e) {
                throw FileErrors.reading(folder, e);
            }
            throw new IllegalStateException(otherwise, cause);
        }

        /** Other tools may have been interrupted. */
        private static boolean isComplete(Path snapshot) {
            Path index = snapshot.resolve(Shards.INDEX);
            if (!Files.exists(index)) return WEIGHTS.stream().map(snapshot::resolve).anyMatch(Files::exists);
            var shards = JsonFile.object(index).path("weight_map");
            return shards.valueStream().allMatch(shard -> Files.exists(inside(snapshot, shard.asText())));
        }

        private Map<String, JsonNode> about(HttpClient client) throws IOException, InterruptedException {
            URI uri = at("api/models/" + id + "/revision/" + revision.replace("/", "%2F"));
            var answer = client.send(request(uri, hub.endpoint).build(), HttpResponse.BodyHandlers.ofString());
            expect(answer, uri);
            var about = new LinkedHashMap<String, JsonNode>();
            try {
                JsonFile.members(answer.body(), about::put);
            } catch (JsonProcessingException e) {
                throw new Unavailable("its answer is not JSON");
            }
            return about;
        }

        private void fetch(HttpClient client, String commit, String name, Path file)
                throws IOException, InterruptedException {
            if (Files.exists(file)) {
                verify(file);
                return;
            }
            var place = find(client, at(id + "/resolve/" + commit + "/" + name));
            Path blob = Download.get(place.remote, folder.resolve("blobs").resolve(place.checksum()), place.token);
            Files.createDirectories(file.getParent());
            try {
                Files.createSymbolicLink(file, file.getParent().relativize(blob));
            } catch (FileAlreadyExistsException e) {
                // another process was faster
            } catch (UnsupportedOperationException | IOException e) {
                Files.copy(blob, file); // a system without links, or where not everybody may make them
            }
        }

        /** Where links are, a blob's name is its checksum. */
        private static void verify(Path file) throws IOException {
            Path blob = file.toRealPath();
            String checksum = blob.getFileName().toString();
            if (Files.isSymbolicLink(file) && checksum.matches("[0-9a-f]{40}|[0-9a-f]{64}")) {
                Download.expectUnchanged(remote(blob.toUri(), checksum), blob);
            }
        }

        private static Remote remote(URI uri, String checksum) {
            return checksum.length() == 64 ? Remote.sha256(uri, checksum) : Remote.gitBlob(uri, checksum);
        }

        /** Where a file's bytes are, what their checksum is, and the token for there. */
        private record Place(Remote remote, String token) {
            String checksum() { return remote.checksum(); }
        }

        /** The hub says the checksum, and may send one elsewhere for the bytes. */
        private Place find(HttpClient client, URI uri) throws IOException, InterruptedException {
            URI from = uri;
            for (int i = 0; i < MOST_REDIRECTS; i++) {
                var request = request(from, hub.endpoint).method("HEAD", HttpRequest.BodyPublishers.noBody());
                var answer = client.send(request.build(), HttpResponse.BodyHandlers.discarding());
                expect(answer, from);
                var headers = answer.headers();
                URI next = headers.firstValue("Location").map(from::resolve).orElse(null);
                String tag = headers.firstValue("X-Linked-Etag").or(() -> headers.firstValue("ETag")).orElse("")
                        .replaceFirst("^W/", "").replace("\"", "");
                boolean known = tag.matches("[0-9a-f]{40}|[0-9a-f]{64}");
                if (known) {
                    URI bytes = next == null ? from : next;
                    return new Place(remote(bytes, tag), isSame(bytes, hub.endpoint) ? hub.token : null);
                }
                if (next == null) throw new Unavailable("it has no checksum for " + from);
                from = next;
            }
            throw new Unavailable("it leads from one place to another without end, for " + uri);
        }

        private HttpRequest.Builder request(URI uri, URI hub) {
            var request = HttpRequest.newBuilder(uri).timeout(Download.PATIENCE);
            if (this.hub.token != null && isSame(uri, hub)) request.header("Authorization", "Bearer " + this.hub.token);
            return request;
        }

        /** A token is for the hub alone. */
        private static boolean isSame(URI a, URI b) {
            return a.getScheme().equals(b.getScheme()) && a.getAuthority().equals(b.getAuthority());
        }

        private static void expect(HttpResponse<?> answer, URI uri) {
            switch (answer.statusCode() / 100) {
                case 2, 3 -> { }
                default -> throw new Unavailable("it answered " + answer.statusCode() + " for " + uri
                        + switch (answer.statusCode()) {
                            case 401, 403, 404 -> "; is the name right, and HF_TOKEN set if the model is private?";
                            default -> "";
                        });
            }
        }

        private URI at(String path) {
            String root = hub.endpoint.toString();
            return URI.create(root + (root.endsWith("/") ? "" : "/") + path);
        }

        private static String commit(JsonNode sha) {
            if (sha != null && sha.asText().matches(COMMIT)) return sha.asText();
            throw new Unavailable("its answer lacks a commit");
        }

        /** What the hub says must not lead out of the cache. */
        private static Path inside(Path folder, String name) {
            boolean plain = !name.isEmpty() && List.of(name.split("/", -1)).stream()
                    .allMatch(part -> part.matches("[\\w][\\w.,=+ -]*"));
            if (plain) return folder.resolve(name);
            throw new Unavailable("expected the names of files. Received " + name);
        }
    }

    /** The hub does not give what is wanted. */
    private static final class Unavailable extends RuntimeException {
        private static final long serialVersionUID = 1;

        Unavailable(String why) { super(why, null, false, false); }
    }
}
