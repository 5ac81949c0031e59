package dev.merapi.protect.federated;

import dev.merapi.data.BatchSource;
import dev.merapi.metric.Metric;
import dev.merapi.protect.privacy.Accountant;
import dev.merapi.tensor.Expect;
import dev.merapi.train.Task;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Leads a federation: in each round chooses clients, sends them the weights, and makes new ones of what comes back in
 * time. What it learns of a client is the change of its weights, or with secure aggregation nothing but the sum over
 * all. {@link GrpcClient} is the other side.
 *
 * <pre>{@code
 * var options = FederatedOptions.DEFAULT.rounds(20).clients(1, 3, 300);      // three clients within 300 s at least
 * try (var server = new FederatedServer<>(Classification.of(model, 10), test, options, Path.of("runs/fed"))) {
 *     IO.println(server.token("ward-3"));                                    // for the client of this name
 *     server.tls(certificate, key).listen(7443).run(round -> IO.println(round.values()));
 * }
 * }</pre>
 *
 * @param <B> the batches of the task's test data
 */
public final class FederatedServer<B> implements AutoCloseable {
    private static final Logger LOG = System.getLogger(FederatedServer.class.getName());
    private static final int ATTEMPTS = 5; // of a round in which too few report

    private final Task<B> task;
    private final FederatedOptions options;
    private final BatchSource<B> test; // or null
    private final Path folder; // or null
    private final Layout layout;
    private final ServerState state;
    private Path certificate; // or null
    private Path key;
    private GrpcHub hub; // null: does not listen
    private Peers peers; // null: nobody is there yet

    /**
     * @param task whose model holds the first weights, and in the end the last
     * @param test what it measures on, or null
     * @param folder where it leaves its state after each round, from which one that is made anew goes on, and the
     *     secret that tokens are made by
     */
    public FederatedServer(Task<B> task, BatchSource<B> test, FederatedOptions options, Path folder) {
        this(task, test, options, folder, null);
        Expect.that(folder != null, "FederatedServer.folder", "a folder for the state and the secret", "null");
    }

    /** @param folder or null, for no state that is kept */
    FederatedServer(Task<B> task, BatchSource<B> test, FederatedOptions options, Path folder, Peers peers) {
        this.task = task;
        this.options = options;
        this.test = test;
        this.folder = folder;
        this.peers = peers;
        layout = Layout.shared(task.model(), options.personal());
        if (folder != null && ServerState.isIn(folder)) {
            state = ServerState.read(folder, layout.fingerprint());
            layout.write(task.model(), state.vectors.get(ServerState.WEIGHTS));
        } else {
            state = new ServerState();
            state.vectors.put(ServerState.WEIGHTS, layout.read(task.model()));
        }
    }

    /** What the client of this name proves itself by; it is the same after a restart in the same folder. */
    public String token(String client) { return Token.of(Token.secret(folder), client); }

    /** With TLS by these PEM files, which {@link #listen} opens; without where they are not set. */
    public FederatedServer<B> tls(Path certificate, Path key) {
        Expect.that(certificate != null && key != null, "FederatedServer.tls", "a certificate and its key",
                certificate + " and " + key);
        this.certificate = certificate;
        this.key = key;
        return this;
    }

    /**
     * Lets clients in.
     *
     * @param port 0 for any
     * @throws UncheckedIOException if the port is taken
     * @throws IllegalArgumentException if certificate and key are none
     */
    public FederatedServer<B> listen(int port) {
        if (peers != null) throw new IllegalStateException("FederatedServer.listen: expected to be called once.");
        hub = new GrpcHub(port, Token.secret(folder), Layout.shared(task.model(), "").fingerprint(), certificate, key);
        peers = hub;
        return this;
    }

    /** Where it listens. */
    public int port() { return listening().port(); }

    private GrpcHub listening() {
        if (hub != null) return hub;
        throw new IllegalStateException("FederatedServer: expected listen(port) before. It does not listen yet.");
    }

    /** Rounds done, those before a restart too. */
    public List<RoundReport> rounds() { return List.copyOf(state.rounds); }

    /**
     * Runs the rounds that are left, and tells the clients that there is no more to do. The model then holds the last
     * weights.
     *
     * @param listener hears of each
     * @return all, those before a restart too
     * @throws IllegalStateException if again and again too few clients report
     */
    public List<RoundReport> run(Consumer<RoundReport> listener) {
        if (peers == null) listening();
        while (state.rounds.size() < options.rounds()) {
            var report = round(state.rounds.size() + 1);
            state.rounds.add(report);
            if (folder != null) state.write(folder, layout.fingerprint());
            listener.accept(report);
        }
        if (hub != null) hub.stop();
        return rounds();
    }

    /** Ends all connections. Clients that were not told to stop call again, until a server answers. */
    @Override public void close() {
        if (hub != null) hub.close();
    }

    private RoundReport round(int round) {
        long begin = System.nanoTime();
        for (int attempt = 1;; attempt++) {
            var chosen = choose(round, attempt);
            var dropped = new LinkedHashMap<String, String>();
            var before = chosen.stream().mapToLong(Peer::sent).sum();
            var receivedBefore = chosen.stream().mapToLong(Peer::received).sum();
            var losses = new ArrayList<Double>();
            int reported = chosen.isEmpty() ? emptyRound() : options.secure() ? secureRound(round, chosen, dropped)
                    : plainRound(round, chosen, dropped, losses);
            if (reported < options.minimum() && !chosen.isEmpty()) {
                LOG.log(Logger.Level.WARNING, "Federation: round " + round + ": expected at least " + options.minimum()
                        + " clients to report within " + options.deadlineSeconds() + " s. Received " + reported
                        + " of " + chosen.size() + ": " + dropped);
                if (attempt < ATTEMPTS) continue;
                throw new IllegalStateException("Federation: round " + round + ": expected at least "
                        + options.minimum() + " clients to report. Received " + reported + " in the last of " + ATTEMPTS
                        + " attempts: " + dropped + "; allow more time, or ask less of them.");
            }
            if (options.privacy() != null) state.ledger.add(options.privacy().noise(), options.fraction(), 1);
            layout.write(task.model(), state.vectors.get(ServerState.WEIGHTS));
            int n = Math.max(1, chosen.size());
            return new RoundReport(round, chosen.size(), reported,
                    dropped.entrySet().stream().map(e -> e.getKey() + ": " + e.getValue()).toList(),
                    losses.stream().mapToDouble(l -> l).average().orElse(Double.NaN), measured(round),
                    (chosen.stream().mapToLong(Peer::sent).sum() - before) / n,
                    (chosen.stream().mapToLong(Peer::received).sum() - receivedBefore) / n, epsilon(),
                    (System.nanoTime() - begin) / 1e9);
        }
    }

    /** By the seed, round and attempt: a part of those that are there, or with client privacy each by chance. */
    private List<Peer> choose(int round, int attempt) {
        var all = new ArrayList<>(peers.connected(options.minimum(), options.deadlineSeconds()));
        var random = new Random((options.seed() * 31 + round) * 31 + attempt);
        if (options.privacy() != null) {
            all.removeIf(_ -> random.nextDouble() >= options.fraction());
            return all;
        }
        Collections.shuffle(all, random);
        int count = Math.max(options.minimum(), (int) Math.round(options.fraction() * all.size()));
        return List.copyOf(all.subList(0, Math.min(count, all.size())));
    }

    /** Asks all, and gives what came in time and is no failure; the others are told of in {@code dropped}. */
    private Map<Peer, Message> ask(List<Peer> whom, Function<Peer, Message> what, Map<String, String> dropped) {
        long end = System.nanoTime() + (long) (options.deadlineSeconds() * 1e9);
        var asked = new LinkedHashMap<Peer, CompletableFuture<Message>>();
        for (Peer peer : whom) asked.put(peer, peer.ask(what.apply(peer)));
        var answers = new LinkedHashMap<Peer, Message>();
        asked.forEach((peer, future) -> {
            try {
                var answer = future.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
                if (answer.kind().equals("failed")) dropped.put(peer.name(), answer.text("reason"));
                else answers.put(peer, answer);
            } catch (TimeoutException e) {
                dropped.put(peer.name(), "nothing within " + options.deadlineSeconds() + " s");
            } catch (ExecutionException e) {
                dropped.put(peer.name(), String.valueOf(e.getCause().getMessage()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("Federation: interrupted while waiting for clients", e);
            }
        });
        return answers;
    }

    /** What a client is asked to do. */
    private Message training(int round) {
        var local = options.local();
        boolean scaffold = options.strategy() instanceof FederatedStrategy.Scaffold;
        float[] weights = state.vectors.get(ServerState.WEIGHTS);
        byte[] bytes = UpdateCompression.floats(scaffold ? Vectors.join(weights, state.remembered(ServerStep.CONTROL))
                : weights);
        var message = Message.of("train", bytes, "round", round, "epochs", local.epochs(), "rate", local.learningRate(),
                "momentum", local.momentum(), "mu",
                options.strategy() instanceof FederatedStrategy.FedProx prox ? prox.mu() : 0.0, "clip",
                options.privacy() == null ? 0.0 : options.privacy().clip(), "compression", options.compression().name(),
                "personal", options.personal());
        if (scaffold) message.values().put("scaffold", true);
        return message;
    }

    private int size() {
        return layout.size() * (options.strategy() instanceof FederatedStrategy.Scaffold ? 2 : 1);
    }

    /** Chance has chosen nobody, which nobody is to see: the noise alone. */
    private int emptyRound() {
        step().apply(new float[size()], 0, all(List.of()), 0);
        return 0;
    }

    private int plainRound(int round, List<Peer> chosen, Map<String, String> dropped, List<Double> losses) {
        var message = training(round);
        var changes = new ArrayList<float[]>();
        var weights = new ArrayList<Double>();
        ask(chosen, _ -> message, dropped).forEach((peer, answer) -> {
            try {
                float[] change = options.compression().decode(answer.bytes(), size());
                Vectors.expectFinite(peer.name(), change);
                if (options.privacy() != null) Vectors.clip(change, options.privacy().clip());
                double samples = answer.number("samples");
                Expect.that(samples > 0 && samples < 1e12, peer.name(), "a number of samples", samples);
                changes.add(change);
                weights.add(options.privacy() == null ? samples : 1);
                losses.add(answer.number("loss"));
            } catch (IllegalArgumentException e) {
                dropped.put(peer.name(), e.getMessage());
            }
        });
        if (changes.size() < options.minimum()) return changes.size();
        double[] each = weights.stream().mapToDouble(w -> w).toArray();
        float[] change = options.aggregation().combine(changes, each);
        if (options.strategy() instanceof FederatedStrategy.Scaffold) { // corrections count alike
            float[] alike = Aggregation.mean(changes, Vectors.ones(each.length));
            System.arraycopy(alike, layout.size(), change, layout.size(), layout.size());
        }
        step().apply(change, each.length, all(chosen), Arrays.stream(each).sum());
        return changes.size();
    }

    private int secureRound(int round, List<Peer> chosen, Map<String, String> dropped) {
        var sum = new SecureRound(round, options.minimum(), (whom, what) -> ask(whom, what, dropped))
                .run(chosen, training(round), size());
        if (sum == null) return 0;
        int n = sum.reported().size();
        float[] mean = sum.sum();
        for (int i = 0; i < mean.length; i++) mean[i] /= (float) (i < layout.size() ? sum.weight() : n);
        step().apply(mean, n, all(chosen), sum.weight());
        return n;
    }

    private int all(List<Peer> chosen) { return Math.max(chosen.size(), peers.connected(1, 1).size()); }

    private ServerStep step() { return new ServerStep(options, state, layout.size()); }

    private double epsilon() {
        return options.privacy() == null ? Double.NaN
                : Accountant.RDP.epsilon(state.ledger.phases(), options.privacy().delta());
    }

    private Map<String, Double> measured(int round) {
        var values = new LinkedHashMap<String, Double>();
        if (round % options.evaluateEvery() != 0 && round != options.rounds()) return values;
        if (test != null) {
            var metrics = task.metrics();
            double[] sums = FederatedClient.measure(task, test, metrics);
            values.put("loss", sums[0] / sums[1]);
            metrics.forEach(metric -> values.put(metric.name(), metric.value()));
        }
        byte[] weights = UpdateCompression.floats(state.vectors.get(ServerState.WEIGHTS));
        var message = Message.of("evaluate", weights, "round", round, "personal", options.personal());
        var metrics = task.metrics();
        metrics.forEach(Metric::reset);
        double loss = 0, weight = 0;
        for (var answer : ask(peers.connected(1, 1), _ -> message, new LinkedHashMap<>()).values()) {
            try {
                double own = answer.number("weight"), ownLoss = answer.number("loss");
                if (own == 0) continue;
                metrics.forEach(metric -> metric.merge(numbers(answer, metric.name())));
                loss += ownLoss;
                weight += own;
            } catch (IllegalArgumentException e) {
                LOG.log(Logger.Level.WARNING, "Federation: a measurement is left out: " + e.getMessage());
            }
        }
        if (weight > 0) {
            values.put("clients_loss", loss / weight);
            metrics.forEach(metric -> values.put("clients_" + metric.name(), metric.value()));
        }
        return values;
    }

    private static double[] numbers(Message answer, String metric) {
        if (answer.values().get("metrics") instanceof Map<?, ?> all && all.get(metric) instanceof List<?> list) {
            return list.stream().mapToDouble(n -> ((Number) n).doubleValue()).toArray();
        }
        if (answer.values().get("metrics") instanceof Map<?, ?> all
                && all.get(metric) instanceof double[] own) return own;
        throw Expect.error("Federation", "the state of " + metric + " from a client", answer.values().get("metrics"));
    }
}
