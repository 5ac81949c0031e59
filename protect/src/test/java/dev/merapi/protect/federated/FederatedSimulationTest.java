package dev.merapi.protect.federated;

import dev.merapi.data.Batch;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.Sgd;
import dev.merapi.protect.privacy.Accountant;
import dev.merapi.protect.privacy.Ledger;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Pass;
import dev.merapi.train.Supervised;
import dev.merapi.train.Task;
import dev.merapi.train.Trainer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class FederatedSimulationTest {
    private static final FederatedOptions FIVE = FederatedOptions.DEFAULT.rounds(5)
            .local(new FederatedOptions.Local(1, 0.1, 0));

    private static List<RoundReport> run(Supervised task, FederatedOptions options,
            List<FederatedClient<Batch>> clients) {
        try (var test = Toys.loader(Toys.data(300))) {
            return new FederatedSimulation<>(task, test, options, clients).run(_ -> { });
        }
    }

    private static double accuracy(List<RoundReport> rounds) { return rounds.getLast().values().get("accuracy"); }

    @Test void oneClientWithAllDataIsCentralTraining() {
        var data = Toys.data(200);
        try (var central = Toys.model(); var model = Toys.model(); var train = Toys.loader(data)) {
            Trainer.of(Toys.task(central)).optimizer(m -> new Sgd(m, 0.1)).epochs(5).fit(train);
            var task = Toys.task(model);
            run(task, FIVE, Toys.clients(task, data, List.of(IntStream.range(0, 200).toArray())));
            assertArrayEquals(Toys.weights(central), Toys.weights(model), 1e-6f);
        }
    }

    static List<FederatedStrategy> strategies() {
        return List.of(new FederatedStrategy.FedAvg(), new FederatedStrategy.FedProx(0.1),
                new FederatedStrategy.FedAdam(0.05, 0.9, 0.99, 1e-2), new FederatedStrategy.FedYogi(0.05, 0.9, 0.99,
                1e-2),
                new FederatedStrategy.Scaffold(1));
    }

    @ParameterizedTest @MethodSource("strategies") void allStrategiesLearnFromUnlikeClients(FederatedStrategy way) {
        var data = Toys.data(600);
        var parts = Partition.dirichlet(Toys.labels(data), 10, 0.3, 3);
        try (var model = Toys.model()) {
            var task = Toys.task(model);
            var rounds = run(task, FIVE.rounds(20).strategy(way), Toys.clients(task, data, parts));
            assertTrue(accuracy(rounds) > 0.8, way + ": " + rounds.getLast());
            assertTrue(rounds.getLast().values().get("clients_accuracy") > 0.8, way + ": " + rounds.getLast());
        }
    }

    /** One step of a server that has seen nothing before: m = (1 - β₁) g, v = (1 - β₂) g². */
    @Test void adamOnTheServerIsItsFormula() {
        var state = new ServerState();
        state.vectors.put(ServerState.WEIGHTS, new float[] {1, 1});
        var options = FIVE.strategy(new FederatedStrategy.FedAdam(0.1, 0.9, 0.99, 0.01));
        new ServerStep(options, state, 2).apply(new float[] {0.5f, -2}, 1, 1, 1);
        assertArrayEquals(new float[] {(float) (1 + 0.1 * 0.05 / (Math.sqrt(0.01 * 0.25) + 0.01)),
            (float) (1 - 0.1 * 0.2 / (Math.sqrt(0.01 * 4) + 0.01))}, state.vectors.get(ServerState.WEIGHTS), 1e-6f);
        state.vectors.put(ServerState.WEIGHTS, new float[] {1, 1});
        state.vectors.remove("mean");
        state.vectors.put("square", new float[] {1, 1});
        new ServerStep(options.strategy(new FederatedStrategy.FedYogi(0.1, 0.9, 0.99, 0.01)), state, 2)
                .apply(new float[] {0.5f, -2}, 1, 1, 1);
        assertArrayEquals(new float[] {1 - 0.0025f, 1 + 0.04f}, state.vectors.get("square"), 1e-6f);
    }

    @Test void secureAggregationGivesTheSame() {
        var data = Toys.data(300);
        var parts = Partition.dirichlet(Toys.labels(data), 6, 1, 3);
        for (var way : List.of(new FederatedStrategy.FedAvg(), new FederatedStrategy.Scaffold(1))) {
            try (var plain = Toys.model(); var model = Toys.model()) {
                var first = Toys.task(plain);
                run(first, FIVE.strategy(way), Toys.clients(first, data, parts));
                var task = Toys.task(model);
                var rounds = run(task, FIVE.strategy(way).secure(3), Toys.clients(task, data, parts));
                assertArrayEquals(Toys.weights(plain), Toys.weights(model), 1e-5f);
                assertTrue(Double.isNaN(rounds.getLast().trainLoss())); // which would be of single clients
            }
        }
    }

    @Test void compressedUpdatesLearnWithFewerBytes() {
        var data = Toys.data(600);
        var parts = Partition.iid(600, 6, 3);
        long plain = 0;
        for (var way : UpdateCompression.values()) {
            try (var model = Toys.model()) {
                var task = Toys.task(model);
                var rounds = run(task, FIVE.rounds(20).compression(way), Toys.clients(task, data, parts));
                assertTrue(accuracy(rounds) > 0.8, way + ": " + rounds.getLast());
                if (way == UpdateCompression.NONE) plain = rounds.getFirst().bytesUp();
                else assertTrue(rounds.getFirst().bytesUp() < plain, way + ": " + rounds.getFirst());
            }
        }
    }

    /** Sends what it likes. */
    private record Poisoned(Supervised inner, float by) implements Task<Batch> {
        @Override public Layer model() { return inner.model(); }

        @Override public Pass forward(Batch batch) {
            var pass = inner.forward(batch);
            return new Pass(pass.loss().mul(by), pass.weight(), pass.prediction(), pass.target());
        }
    }

    @Test void robustAggregationsStandPoisonedClients() {
        var data = Toys.data(600);
        var parts = Partition.iid(600, 10, 3);
        for (var way : Aggregation.values()) {
            try (var model = Toys.model()) {
                var task = Toys.task(model);
                var clients = new ArrayList<>(Toys.clients(task, data, parts));
                for (int i = 0; i < 2; i++) {
                    clients.set(i, new FederatedClient<>("c" + i, new Poisoned(task, -30),
                            Toys.loader(data.subset(parts.get(i))), null));
                }
                double accuracy = accuracy(run(task, FIVE.rounds(15).aggregation(way), clients));
                if (way == Aggregation.MEAN) assertTrue(accuracy < 0.6, way + " " + accuracy);
                else assertTrue(accuracy > 0.75, way + " " + accuracy);
            }
        }
    }

    @Test void aChangeOfNaNIsLeftOut() {
        var data = Toys.data(200);
        var parts = Partition.iid(200, 4, 3);
        try (var model = Toys.model()) {
            var task = Toys.task(model);
            var clients = new ArrayList<>(Toys.clients(task, data, parts));
            clients.set(1, new FederatedClient<>("c1", new Poisoned(task, Float.NaN),
                    Toys.loader(data.subset(parts.get(1))), null));
            var rounds = run(task, FIVE, clients);
            assertEquals(3, rounds.getLast().reported());
            String said = rounds.getLast().dropped().getFirst();
            assertTrue(said.startsWith("c1: c1: expected a change of finite numbers. Received NaN at 0 of"), said);
            assertTrue(accuracy(rounds) > 0.5);
        }
    }

    @Test void clientsAreHiddenByNoise() {
        var data = Toys.data(600);
        try (var model = Toys.model()) {
            var task = Toys.task(model);
            var options = FIVE.clients(0.5, 1, 60).privacy(new FederatedOptions.ClientPrivacy(0.5, 1.2, 1e-3));
            var rounds = run(task, options, Toys.clients(task, data, Partition.iid(600, 20, 3)));
            double expected = Accountant.RDP.epsilon(
                    List.of(new Ledger.Phase(1.2, 0.5, 5)), 1e-3);
            assertEquals(expected, rounds.getLast().epsilon(), 1e-9);
            assertNotEquals(rounds.get(0).chosen() + rounds.get(1).chosen(), 40);
        }
    }

    @Test void personalWeightsStayWithTheirClient() {
        var data = Toys.data(200);
        var parts = Partition.dirichlet(Toys.labels(data), 4, 0.2, 3);
        try (var model = Toys.model()) {
            var task = Toys.task(model);
            float[] before = model.params().get("2.weight").toFloats();
            var clients = Toys.clients(task, data, parts);
            var rounds = run(task, FIVE.rounds(8).personal("2.*"), clients);
            assertTrue(rounds.getLast().bytesUp() < 4 * 6 * 13 * 12, "" + rounds.getLast().bytesUp());
            assertTrue(rounds.getLast().values().get("clients_accuracy") > accuracy(rounds), "" + rounds.getLast());
            assertEquals(36, before.length);
        }
    }

    /** Clients live on; the server's model is another. */
    @Test void aRunGoesOnAtItsRound(@TempDir Path folder) {
        var data = Toys.data(200);
        var parts = Partition.iid(200, 4, 3);
        var options = FIVE.strategy(new FederatedStrategy.FedAdam(0.05, 0.9, 0.99, 1e-2)).clients(0.5, 1, 60);
        float[] whole;
        try (var model = Toys.model()) {
            var task = Toys.task(model);
            run(task, options.rounds(4), Toys.clients(task, data, parts));
            whole = Toys.weights(model);
        }
        try (var ofClients = Toys.model(); var first = Toys.model(); var second = Toys.model()) {
            var clients = Toys.clients(Toys.task(ofClients), data, parts);
            new FederatedSimulation<>(Toys.task(first), null, options.rounds(2), clients, folder).run(_ -> { });
            second.params().values().forEach(p -> {
                try (var _ = Torch.noGrad()) {
                    p.zero_();
                }
            });
            var all = new FederatedSimulation<>(Toys.task(second), null, options.rounds(4), clients, folder)
                    .run(_ -> { });
            assertEquals(4, all.size());
            assertArrayEquals(whole, Toys.weights(second), 1e-6f);
        }
        try (var other = new Sequential(new Linear(6, 3))) {
            var task = Toys.task(other);
            var e = assertThrows(IllegalArgumentException.class, () -> new FederatedSimulation<>(task, null, options,
                    Toys.clients(task, data, parts), folder));
            assertTrue(e.getMessage().contains("expected a federation of the model"), e.getMessage());
        }
    }

    @Test void partsHoldEachSampleOnce() {
        int[] labels = IntStream.range(0, 1000).map(i -> i % 10).toArray();
        for (var parts : List.of(Partition.iid(1000, 7, 1), Partition.dirichlet(labels, 30, 0.3, 1),
                Partition.byUser(labels))) {
            int[] all = parts.stream().flatMapToInt(Arrays::stream).sorted().toArray();
            assertArrayEquals(IntStream.range(0, 1000).toArray(), all);
            assertTrue(parts.stream().allMatch(part -> part.length > 0));
        }
        var uneven = Partition.dirichlet(labels, 10, 0.1, 1).getFirst();
        long classes = Arrays.stream(uneven).map(i -> labels[i]).distinct().count();
        assertTrue(classes < 10, "" + classes);
    }
}
