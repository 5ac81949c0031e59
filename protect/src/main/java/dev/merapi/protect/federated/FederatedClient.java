package dev.merapi.protect.federated;

import dev.merapi.data.BatchSource;
import dev.merapi.metric.Metric;
import dev.merapi.nn.Layer;
import dev.merapi.optim.Sgd;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Pass;
import dev.merapi.train.Task;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One who trains on data of its own, and sends changes of weights alone. {@link FederatedSimulation} runs many in one
 * process, {@link GrpcClient} one that calls a server.
 *
 * <pre>{@code
 * var client = new FederatedClient<>("ward-3", Classification.of(model, 10), data.train(32), test);
 * GrpcClient.of("fed.example.org:7443", client).token(token).trust(certificate).run();
 * }</pre>
 *
 * @param <B> its batches
 */
public final class FederatedClient<B> {
    private final String name;
    private final Task<B> task;
    private final BatchSource<B> train;
    private final BatchSource<B> test; // null: none
    private String personalNames = "";
    private Layout shared;
    private Layout personal;
    private float[] own; // the personal part
    private float[] control; // SCAFFOLD's; null: 0
    private float[] left; // what compression has left out so far; null: 0
    private SecureClient secure; // of the running round

    /**
     * @param name unique in the federation: letters, digits, dots, dashes and underscores
     * @param task with a model of the server's architecture
     * @param train its data
     * @param test what it evaluates on, or null
     */
    public FederatedClient(String name, Task<B> task, BatchSource<B> train, BatchSource<B> test) {
        Expect.that(name.matches("[A-Za-z0-9._-]{1,64}"), "FederatedClient.name",
                "letters, digits, dots, dashes and underscores", '"' + name + '"');
        this.name = name;
        this.task = task;
        this.train = train;
        this.test = test;
        lay("");
    }

    /** Its name. */
    public String name() { return name; }

    /** The model that it trains. */
    public Layer model() { return task.model(); }

    String fingerprint() { return Layout.shared(task.model(), "").fingerprint(); }

    private void lay(String names) {
        personalNames = names;
        shared = Layout.shared(task.model(), names);
        personal = Layout.personal(task.model(), names);
        own = personal.read(task.model());
    }

    /** Does what the server asks for; what it cannot do is a message that says so. */
    Message answer(Message asked) {
        try {
            if (asked.values().get("personal") instanceof String names && !names.equals(personalNames)) lay(names);
            return switch (asked.kind()) {
                case "keys" -> (secure = new SecureClient(name, asked.integer("round"))).keys();
                case "shares" -> secure().shares(asked);
                case "train" -> train(asked);
                case "unmask" -> secure().unmask(asked);
                case "evaluate" -> evaluate(asked);
                case "stop" -> Message.of("stopped");
                default -> throw Expect.error("FederatedClient", "a message of this protocol", asked.kind());
            };
        } catch (RuntimeException e) {
            return Message.failure(e);
        }
    }

    private SecureClient secure() {
        if (secure != null) return secure;
        throw new IllegalStateException(name
                + ": expected keys of this round before anything else of it. Received none;"
                + " a client that begins anew waits for the next round.");
    }

    private Message train(Message asked) {
        boolean scaffold = asked.values().containsKey("scaffold");
        float[] all = UpdateCompression.NONE.decode(asked.bytes(), (scaffold ? 2 : 1) * shared.size());
        var begin = scaffold ? Arrays.copyOf(all, shared.size()) : all;
        var server = scaffold ? Arrays.copyOfRange(all, shared.size(), all.length) : null;
        if (scaffold && control == null) control = new float[shared.size()];
        take(begin);
        var round = new LocalRound(asked, begin, server == null ? null : Vectors.minus(server, control));
        round.run();
        own = personal.read(task.model());
        float[] change = Vectors.minus(shared.read(task.model()), begin);
        Vectors.expectFinite(name, change);
        double clip = asked.number("clip");
        if (clip > 0) Vectors.clip(change, clip);
        if (scaffold) change = Vectors.join(change, moveControl(server, change, round.steps * asked.number("rate")));
        if (secure != null && asked.values().containsKey("secure")) { // losses and samples would tell of one client
            return Message.of("update", secure.mask(asked, change, shared.size(), clip > 0 ? 1 : round.samples),
                    "round",
                    asked.integer("round"));
        }
        var values = new Object[] {"round", asked.integer("round"), "samples", clip > 0 ? 1 : round.samples, "loss",
            round.loss / Math.max(1, round.weight)};
        return Message.of("update", compressed(change, UpdateCompression.valueOf(asked.text("compression"))), values);
    }

    /** c_i becomes c_i - c + (begin - end) / (steps · rate); returns by how much it has changed. */
    private float[] moveControl(float[] server, float[] change, double way) {
        var moved = new float[control.length];
        for (int i = 0; i < moved.length; i++) moved[i] = (float) (-server[i] - change[i] / way);
        control = Vectors.plus(control, moved);
        return moved;
    }

    /** What the bytes do not say is added to the next change (Seide et al. 2014). */
    private byte[] compressed(float[] change, UpdateCompression way) {
        if (way == UpdateCompression.NONE) return way.encode(change);
        float[] whole = left == null || left.length != change.length ? change : Vectors.plus(change, left);
        byte[] wire = way.encode(whole);
        left = Vectors.minus(whole, way.decode(wire, whole.length));
        return wire;
    }

    private void take(float[] weights) {
        shared.write(task.model(), weights);
        personal.write(task.model(), own);
    }

    /** The loss and the states of the task's metrics, over its own test data. */
    private Message evaluate(Message asked) {
        take(UpdateCompression.NONE.decode(asked.bytes(), shared.size()));
        if (test == null) return Message.of("evaluated", "weight", 0, "loss", 0, "metrics", Map.of());
        List<Metric<?, ?>> metrics = task.metrics();
        double[] sums = measure(task, test, metrics);
        var states = new LinkedHashMap<String, Object>();
        metrics.forEach(metric -> states.put(metric.name(), metric.state()));
        return Message.of("evaluated", "weight", sums[1], "loss", sums[0], "metrics", states);
    }

    /** Σ weight · loss and Σ weight, in evaluation mode; the metrics take in all. */
    static <B> double[] measure(Task<B> task, BatchSource<B> data, List<Metric<?, ?>> metrics) {
        double loss = 0, weight = 0;
        metrics.forEach(Metric::reset);
        try (var _ = task.model().evaluating(); var _ = Torch.noGrad(); var batches = data.iterator()) {
            while (batches.hasNext()) {
                B batch = batches.next();
                try (var _ = Scope.open()) {
                    Pass pass = task.evaluate(task.to(task.model().device(), batch));
                    if (pass.weight() == 0) continue;
                    if (pass.loss() != null) loss += pass.loss().item() * pass.weight();
                    weight += pass.weight();
                    metrics.forEach(metric -> update(metric, pass));
                }
            }
        }
        return new double[] {loss, weight};
    }

    @SuppressWarnings("unchecked") // a task's metrics take what its passes hold
    private static <P, T> void update(Metric<P, T> metric, Pass pass) {
        metric.update((P) pass.prediction(), (T) pass.target());
    }

    /** Some epochs of descent from the server's weights. */
    private final class LocalRound {
        private final Message asked;
        private final float[] begin;
        private final float[] correction; // of gradients; null: none
        long steps;
        long samples; // in a pass
        double loss;
        double weight;

        LocalRound(Message asked, float[] begin, float[] correction) {
            this.asked = asked;
            this.begin = begin;
            this.correction = correction;
        }

        void run() {
            var model = task.model();
            model.train();
            double mu = asked.number("mu");
            try (var sgd = new Sgd(model, asked.number("rate"), asked.number("momentum"))) {
                for (int epoch = 0; epoch < asked.integer("epochs"); epoch++) {
                    samples = 0;
                    try (var batches = train.iterator()) {
                        while (batches.hasNext()) step(batches.next(), sgd, mu);
                    }
                }
                sgd.zeroGrad();
            }
        }

        private void step(B given, Sgd sgd, double mu) {
            try (var _ = Scope.open()) {
                B batch = task.to(task.model().device(), given);
                sgd.zeroGrad();
                Pass pass = task.forward(batch);
                if (pass.weight() == 0) return;
                pass.loss().backward();
                loss += pass.loss().item() * pass.weight();
                weight += pass.weight();
                samples += Math.round(pass.weight());
                if (mu > 0) {
                    shared.addToGradients(task.model(),
                            Vectors.scaled(Vectors.minus(shared.read(task.model()), begin), mu));
                }
                if (correction != null) shared.addToGradients(task.model(), correction);
                sgd.step();
                steps++;
            }
        }
    }
}
