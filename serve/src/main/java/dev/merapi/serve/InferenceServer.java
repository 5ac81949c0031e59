package dev.merapi.serve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.merapi.tensor.Device;
import dev.merapi.text.model.causal.StageException;
import io.helidon.http.RequestException;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Models behind HTTP: KServe's interface and a plain one for all of them, OpenAI's for those that write or embed texts,
 * metrics and a web page.
 *
 * <pre>{@code
 * var config = ServeConfig.DEFAULT.port(0);
 * try (var server = InferenceServer.start(config, List.of(Path.of("runs/fashion")), Device.CPU)) {
 *     IO.println(server.port());
 * }
 * }</pre>
 */
public final class InferenceServer implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(InferenceServer.class.getName());
    private static final Logger HELIDON = Logger.getLogger("io.helidon"); // held, so that its level stays

    private final ServeConfig config;
    private final Metrics metrics = new Metrics();
    private final Models models;
    private final Keys keys;
    private final Patience patience;
    private final RunsView runs; // null where none are shown
    private final WebServer web;
    private final Phaser running = new Phaser(1); // the server itself, and the requests that are answered
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean closing;

    private InferenceServer(ServeConfig config, List<Path> folders, Path runs, Device device) {
        this.config = config;
        keys = Keys.of(config);
        patience = new Patience(config.timeout());
        this.runs = runs == null ? null : new RunsView(new RunsFolder(runs));
        models = Models.open(folders, device, config, metrics);
        HELIDON.setLevel(Level.WARNING);
        try {
            var builder = WebServer.builder().host(config.host()).port(config.port()).shutdownHook(false)
                    .connectionOptions(socket -> socket.readTimeout(Duration.ofSeconds(config.timeout())))
                    .routing(this::route);
            if (!config.tls().isEmpty()) builder.tls(Https.of(config));
            web = builder.build().start();
        } catch (IllegalArgumentException e) {
            models.close();
            throw e;
        } catch (RuntimeException e) {
            models.close();
            throw new IllegalArgumentException("port: expected one that is free at " + config.host() + ". Received "
                    + config.port() + ": " + e.getMessage(), e);
        }
    }

    /**
     * Opens models and answers requests from now on. A model's name is its folder's.
     *
     * @param folders of runs, or in Hugging Face's layout
     * @throws IllegalArgumentException as {@code Predictor.open}; for two of a name, a port that is taken, an address
     *     that others reach without keys
     */
    public static InferenceServer start(ServeConfig config, List<Path> folders, Device device) {
        return new InferenceServer(config, folders, null, device);
    }

    /**
     * The same, which shows the runs in a folder on its page too; no file outside of it.
     *
     * @param folders of models; may be empty
     * @param runs a folder whose folders are runs, or groups of them
     * @throws IllegalArgumentException as {@link #start(ServeConfig, List, Device)}, and if there is no such folder
     */
    public static InferenceServer start(ServeConfig config, List<Path> folders, Path runs, Device device) {
        return new InferenceServer(config, folders, runs, device);
    }

    /** Where it listens. */
    public int port() { return web.port(); }

    /** The models' names. */
    public List<String> models() { return List.copyOf(models.names()); }

    /** Waits until it is closed. */
    public void await() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void route(HttpRouting.Builder routes) {
        var openAi = new OpenAi(models, config, metrics);
        if (runs != null) {
            routes.get("/runs", asked("/runs", runs::list)).get("/runs/run", asked("/runs/run", runs::run))
                    .get("/runs/metrics", asked("/runs/metrics", runs::metrics))
                    .get("/runs/file", asked("/runs/file", runs::file));
        }
        routes.get("/", free("/", x -> WebPage.send(x, "index.html")))
                .get("/page/{file}", free("/page/{file}", x -> WebPage.send(x, x.part("file"))))
                .get("/openapi.json", free("/openapi.json", x -> x.send(200, "application/json",
                        WebPage.resource("openapi.json"))))
                .get("/v2/health/live", free("/v2/health/live", x -> x.send(Map.of("live", true))))
                .get("/v2/health/ready", free("/v2/health/ready", this::ready))
                .get("/metrics", asked("/metrics", x -> x.send(200, "text/plain; version=0.0.4; charset=utf-8",
                        metrics.text().getBytes(StandardCharsets.UTF_8))))
                .get("/v2", asked("/v2", x -> x.send(Map.of("name", "merapi", "version", "0.1.0", "extensions",
                        runs == null ? List.of("binary_tensor_data", "model_repository")
                                : List.of("binary_tensor_data", "model_repository", "runs")))))
                .get("/v2/models/{model}", asked("/v2/models/{model}", x -> x.send(Kserve.metadata(model(x)))))
                .get("/v2/models/{model}/ready", asked("/v2/models/{model}/ready", x ->
                        x.send(Map.of("name", model(x).name(), "ready", true))))
                .post("/v2/models/{model}/infer", asked("/v2/models/{model}/infer", x ->
                        KserveBinary.answer(x, model(x))))
                .post("/v2/models/{model}/predict", asked("/v2/models/{model}/predict", this::predict))
                .post("/v2/repository/models/{model}/load", free("/v2/repository/models/{model}/load", this::reload))
                .get("/v1/models", asked("/v1/models", x -> x.send(Map.of("object", "list", "data",
                        models.all().stream().map(Served::description).toList()))))
                .get("/v1/models/{model}", asked("/v1/models/{model}", x -> x.send(model(x).description())))
                .post("/v1/chat/completions", asked("/v1/chat/completions", openAi::chat))
                .post("/v1/completions", asked("/v1/completions", openAi::completions))
                .post("/v1/embeddings", asked("/v1/embeddings", openAi::embeddings))
                .post("/v1/rerank", asked("/v1/rerank", openAi::rerank))
                .any("/*", free("other", InferenceServer::unknown)).any(free("other", InferenceServer::unknown));
    }

    private Served<?> model(Exchange exchange) { return models.named(exchange.part("model")); }

    private static void unknown(Exchange exchange) {
        throw new Refusal(404, null, "No such path, or it is not asked by this method; /openapi.json says which"
                + " there are.");
    }

    private void ready(Exchange exchange) {
        if (closing) throw Refusal.closing();
        exchange.send(Map.of("ready", true));
    }

    /** Opens a model's folder anew; it holds up no other request, nor is it one of those that the old one waits for. */
    private void reload(Exchange exchange) {
        keys.check(exchange);
        keys.checkOrigin(exchange);
        if (closing) throw Refusal.closing();
        models.reload(exchange.part("model"));
        exchange.send(Map.of("name", exchange.part("model"), "state", "READY"));
    }

    /** The plain interface: inputs as JSON has them, answers as {@code merapi predict --json} has them. */
    private void predict(Exchange exchange) {
        var model = model(exchange);
        var body = exchange.json();
        var inputs = new ArrayList<JsonNode>();
        body.path("inputs").forEach(inputs::add);
        if (!body.path("inputs").isArray() || inputs.isEmpty()) {
            throw Refusal.wrong("inputs", "a list of inputs", Inputs.brief(body.path("inputs")));
        }
        var top = body.path("top");
        boolean good = top.isMissingNode() || top.isInt() && top.intValue() > 0;
        if (!good) throw Refusal.wrong("top", "how many answers, from 1", Inputs.brief(top));
        exchange.send(Map.of("model_name", model.name(), "answers", model.answers(inputs, top.asInt())));
    }

    /** For those who have a key, and while the server is not being closed. */
    private Handler asked(String path, Consumer<Exchange> action) {
        return handler(path, exchange -> {
            keys.check(exchange);
            if (closing || running.register() < 0) throw Refusal.closing();
            try {
                models.use(() -> action.accept(exchange));
            } finally {
                running.arriveAndDeregister();
            }
        });
    }

    private Handler free(String path, Consumer<Exchange> action) { return handler(path, action); }

    private Handler handler(String path, Consumer<Exchange> action) {
        return (request, response) -> {
            long start = System.nanoTime();
            var exchange = new Exchange(request, response, config.maxBody(), patience);
            try {
                action.accept(exchange);
            } catch (Refusal e) {
                exchange.fail(e.status(), e.code(), e.getMessage());
            } catch (StageException e) {
                exchange.fail(503, "stage_lost", e.getMessage());
            } catch (IllegalArgumentException | UnsupportedOperationException e) {
                exchange.fail(400, null, e.getMessage());
            } catch (UncheckedIOException | CloseConnectionException | RequestException e) { // nobody hears an answer
                LOG.log(Level.FINE, path, e);
                throw e;
            } catch (OutOfMemoryError e) {
                LOG.log(Level.WARNING, path, e);
                exchange.fail(503, "out_of_memory", "This server has no memory for this request now; send less at once,"
                        + " or come back after the seconds in Retry-After.");
            } catch (RuntimeException | Error e) {
                LOG.log(Level.WARNING, path, e);
                exchange.fail(500, null, "This server failed; its log says why.");
            } finally {
                metrics.request(path, exchange.status(), (System.nanoTime() - start) / 1e9);
            }
        };
    }

    /**
     * Takes no new requests, waits until those that run are answered, but no longer than the setting {@code drain},
     * and frees the models.
     */
    @Override public synchronized void close() {
        if (closing) return;
        closing = true;
        try {
            running.awaitAdvanceInterruptibly(running.arriveAndDeregister(), config.drain(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            LOG.warning("Requests were not answered within " + config.drain() + " seconds, and are given up.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        models.close();
        web.stop();
        closed.countDown();
    }
}
