package dev.merapi.protect.federated;

import dev.merapi.data.Batch;
import dev.merapi.data.BatchSource;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.recipe.Command;
import dev.merapi.recipe.Describe;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipes;
import dev.merapi.recipe.Setup;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Task;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** {@code merapi federate}: learns from data that stays where it is. */
public final class FederateCommand implements Command<FederateCommand.Config> {
    /** Strategies by name. */
    public enum Way { FEDAVG, FEDPROX, FEDADAM, FEDYOGI, SCAFFOLD }

    /** Settings. */
    public record Config(
            @Describe("settings of the recipe, such as [model=cnn]") List<String> with,
            @Describe("rounds in all") int rounds,
            @Describe("clients that a simulation has, or over which a client's data set is divided") int clients,
            @Describe("of the Dirichlet distribution that divides classes over clients; 0 for equal parts at random")
            double alpha,
            @Describe("of the data, which a client takes, from 0; -1 for all") int part,
            @Describe("part of the clients that take part in a round") double fraction,
            @Describe("clients that must report") int minimum,
            @Describe("seconds in which they must") double deadline,
            @Describe("passes of a client over its data in a round") int localEpochs,
            @Describe("samples in a client's step") int batchSize,
            @Describe("of clients") double learningRate,
            @Describe("of clients") double momentum,
            @Describe("fedavg, fedprox, fedadam, fedyogi or scaffold") Way strategy,
            @Describe("pull of fedprox") double mu,
            @Describe("learning rate of the server for fedadam, fedyogi and scaffold; 0 for 0.01, and 1 for scaffold")
            double serverRate,
            @Describe("mean, median, trimmed_mean or krum") Aggregation aggregation,
            @Describe("of what clients send: none, int8 or top_k") UpdateCompression compression,
            @Describe("whether the server may see sums over clients alone") boolean secure,
            @Describe("norm of a client's change, where clients are hidden by noise; 0 for none") double clip,
            @Describe("noise multiplier of it") double noise,
            @Describe("chance that the epsilon of clients does not hold") double delta,
            @Describe("names of weights that stay with each client, such as fc.*") String personal,
            @Describe("rounds between measurements") int evaluateEvery,
            @Describe("of first weights, the division, and who is chosen") long seed,
            @Describe("folder of the run; the server goes on with what it finds there") String out,
            @Describe("where the server listens; 0 for any") int port,
            @Describe("the server's certificate, PEM; empty for no TLS") String certificate,
            @Describe("the key of the certificate, PEM") String key,
            @Describe("host:port that a client calls") String server,
            @Describe("of a client") String name,
            @Describe("of a client, by merapi federate token <name>") String token,
            @Describe("the server's certificate for a client, PEM; empty for no TLS") String trust) {
        public Config {
            Expect.atLeast("clients", 1, clients);
            Expect.atLeast("alpha", 0, alpha);
            Expect.atLeast("batch_size", 1, batchSize);
            Expect.that(part < clients, "part", "-1, or a number below clients=" + clients, part);
        }

        FederatedOptions options() {
            var privacy = clip == 0 ? null : new FederatedOptions.ClientPrivacy(clip, noise, delta);
            double rate = serverRate > 0 ? serverRate : strategy == Way.SCAFFOLD ? 1 : 0.01;
            var way = switch (strategy) {
                case FEDAVG -> new FederatedStrategy.FedAvg();
                case FEDPROX -> new FederatedStrategy.FedProx(mu);
                case FEDADAM -> new FederatedStrategy.FedAdam(rate, 0.9, 0.99, 1e-3);
                case FEDYOGI -> new FederatedStrategy.FedYogi(rate, 0.9, 0.99, 1e-3);
                case SCAFFOLD -> new FederatedStrategy.Scaffold(rate);
            };
            return new FederatedOptions(rounds, fraction, minimum, deadline,
                    new FederatedOptions.Local(localEpochs, learningRate, momentum), way, aggregation, compression,
                    secure, privacy, personal, evaluateEvery, seed);
        }
    }

    @Override public String name() { return "federate"; }

    @Override public String description() { return "Train on data that stays with its owners."; }

    @Override public String arguments() { return "simulate|server|client <recipe>, or token <name>"; }

    @Override public Config defaults() {
        return new Config(List.of(), 10, 10, 0, -1, 1, 1, 600, 1, 32, 0.05, 0, Way.FEDAVG, 0.01, 0, Aggregation.MEAN,
                UpdateCompression.NONE, false, 0, 1, 1e-5, "", 1, 1337, "runs/federation", 7443, "", "",
                "localhost:7443", "client", "", "");
    }

    @Override public void run(List<String> arguments, Config settings, Device device, Answers out) {
        Expect.that(arguments.size() == 2 && List.of("simulate", "server", "client", "token")
                .contains(arguments.getFirst()), "federate", arguments(), arguments);
        String what = arguments.getLast();
        if (arguments.getFirst().equals("token")) {
            String token = Token.of(Token.secret(Path.of(settings.out)), what);
            out.answer(what, new Answer(token, token));
            return;
        }
        var setup = Setup.of(Recipes.named(what), settings.with.toArray(String[]::new));
        try (var job = setup.job()) {
            job.trainer().task().model().to(device);
            switch (arguments.getFirst()) {
                case "simulate" -> simulate(setup, job, settings, out);
                case "server" -> serve(setup, job, settings, out);
                default -> takePart(job, settings, out);
            }
        }
    }

    private static void simulate(Setup<?> setup, Job<?> job, Config settings, Answers out) {
        var task = task(job);
        var data = rows(job);
        var clients = new ArrayList<FederatedClient<Batch>>();
        for (int[] part : parts(data, settings)) {
            clients.add(new FederatedClient<>("client-" + clients.size(), task, loader(data.subset(part), settings),
                    null));
        }
        try (var test = test(job)) {
            var folder = new FederatedFolder(Path.of(settings.out), setup);
            folder.begin(job);
            new FederatedSimulation<>(task, test, settings.options(), clients, folder.path())
                    .run(round -> folder.tell(round, task.model(), out));
        }
    }

    private static void serve(Setup<?> setup, Job<?> job, Config settings, Answers out) {
        var task = task(job);
        Path path = Path.of(settings.out);
        Expect.that(settings.certificate.isEmpty() == settings.key.isEmpty(), "federate server",
                "both certificate and key, or neither", "one");
        var folder = new FederatedFolder(path, setup);
        folder.begin(job);
        try (var test = test(job); var server = new FederatedServer<>(task, test, settings.options(), path)) {
            boolean plain = settings.certificate.isEmpty();
            if (!plain) server.tls(Path.of(settings.certificate), Path.of(settings.key));
            server.listen(settings.port);
            out.answer("server", new Answer("listens on port " + server.port() + (plain ? ", without TLS" : ""),
                    server.port()));
            server.run(round -> folder.tell(round, task.model(), out));
        }
    }

    private static void takePart(Job<?> job, Config settings, Answers out) {
        var data = rows(job);
        var own = settings.part < 0 ? data : data.subset(parts(data, settings).get(settings.part));
        var client = new FederatedClient<>(settings.name, task(job), loader(own, settings), null);
        var link = GrpcClient.of(settings.server, client).token(settings.token);
        if (settings.trust.isEmpty()) link.plain();
        else link.trust(Path.of(settings.trust));
        link.run();
        out.answer(settings.name, new Answer("the server has no more to do", own.size()));
    }

    private static Loader<Batch> loader(Dataset<Batch> own, Config settings) {
        return Loader.of(own, settings.batchSize).shuffle(settings.seed).workers(0);
    }

    private static List<int[]> parts(Dataset<Batch> data, Config settings) {
        if (settings.alpha == 0) return Partition.iid(data.size(), settings.clients, settings.seed);
        int[] labels;
        try (var _ = Scope.open()) {
            var y = data.batch(IntStream.range(0, data.size()).toArray(), null).y();
            Expect.that(y != null && y.rank() == 1 && y.dtype().isInteger(), "alpha", "a recipe with a class for each"
                    + " sample", y == null ? "none" : y.describe());
            labels = Arrays.stream(y.to(DType.INT64).toLongs()).mapToInt(Math::toIntExact).toArray();
        }
        return Partition.dirichlet(labels, settings.clients, settings.alpha, settings.seed);
    }

    @SuppressWarnings("unchecked") // checked by rows
    private static Task<Batch> task(Job<?> job) { return (Task<Batch>) job.trainer().task(); }

    @SuppressWarnings("unchecked")
    private static BatchSource<Batch> test(Job<?> job) { return (BatchSource<Batch>) job.test(); }

    /** The training data, in memory, as one pass gives it. */
    private static Dataset<Batch> rows(Job<?> job) {
        var x = new ArrayList<Tensor>();
        var y = new ArrayList<Tensor>();
        try (var _ = Scope.open(); var source = job.train()) {
            for (var given : source) {
                if (!(given instanceof Batch(Tensor inputs, Tensor targets)) || targets == null) {
                    throw Expect.error("federate", "a recipe whose batches are an input and a target for each sample",
                            given.getClass().getSimpleName());
                }
                x.add(inputs.copy());
                y.add(targets.copy());
            }
            return Dataset.of(Tensor.cat(x, 0), Tensor.cat(y, 0));
        }
    }
}
