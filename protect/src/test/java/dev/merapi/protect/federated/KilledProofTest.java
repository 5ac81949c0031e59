package dev.merapi.protect.federated;

import dev.merapi.ChildJvm;
import dev.merapi.data.Batch;
import dev.merapi.data.BatchSource;
import dev.merapi.data.Loader;
import dev.merapi.nn.Lambda;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.train.Supervised;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A server and clients as processes on the loopback, some of which are killed by signal 9 in the middle of a round. */
@Tag("proof")
class KilledProofTest {
    private static final int ROUNDS = 4;
    private static final int EPOCHS = 3;
    private static final int SAMPLES = 300;
    private static final long PAUSE_MILLIS = 2500; // of a pass over a client's data, in which it can be killed
    private static final int SIGKILL = 128 + 9;

    @TempDir private Path folder;

    private static FederatedOptions options(int minimum, boolean secure) {
        var plain = FederatedOptions.DEFAULT.rounds(ROUNDS).clients(1, minimum, 300)
                .local(new FederatedOptions.Local(EPOCHS, 0.5, 0));
        return secure ? plain.secure(minimum) : plain;
    }

    /** All of a client's in one batch, so that what it sends depends on nothing that it did before. */
    private static BatchSource<Batch> own(int number, int clients) {
        return Loader.of(Toys.data(SAMPLES).subset(Partition.iid(SAMPLES, clients, 3).get(number)), SAMPLES)
                .workers(0);
    }

    /** Arguments: folder, port, clients, how many must report, whether it is secure. */
    static final class Server {
        public static void main(String[] args) {
            Path folder = Path.of(args[0]);
            try (var model = Toys.model(); var hub = new GrpcHub(Integer.parseInt(args[1]), Token.secret(folder),
                    Layout.shared(model, "").fingerprint(), null, null)) {
                hub.connected(Integer.parseInt(args[2]), 300); // more than must be there
                var options = options(Integer.parseInt(args[3]), Boolean.parseBoolean(args[4]));
                var server = new FederatedServer<>(Toys.task(model), null, options, folder, hub);
                IO.println("begins after " + server.rounds().size());
                server.run(r -> IO.println("round " + r.round() + ": " + r.reported() + " of " + r.chosen()));
                hub.stop();
            }
        }
    }

    /** Arguments: port, number, clients, token. It tells of each pass over its data, and takes its time for it. */
    static final class Client {
        public static void main(String[] args) {
            int number = Integer.parseInt(args[1]);
            var slow = new Lambda("slow", x -> {
                IO.println("trains");
                try {
                    Thread.sleep(PAUSE_MILLIS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return x;
            });
            try (var model = new Sequential(new Linear(6, 12), new Relu(), new Linear(12, 3), slow)) { // as Toys'
                var client = new FederatedClient<>("c" + number, Toys.task(model),
                        own(number, Integer.parseInt(args[2])), null);
                GrpcClient.of("localhost:" + args[0], client).token(args[3]).plain().run();
            }
        }
    }

    /** A process, and the lines that it has printed. */
    private static final class Running implements AutoCloseable {
        final Process process;
        private final List<String> lines = new ArrayList<>();

        Running(Class<?> main, Object... arguments) throws IOException {
            process = new ChildJvm().with("--enable-native-access=ALL-UNNAMED", "-Xmx256m")
                    .withVariable("OMP_NUM_THREADS", "1")
                    .start(main, List.of(arguments).stream().map(Object::toString).toArray(String[]::new));
            Thread.startVirtualThread(() -> process.inputReader().lines().forEach(line -> {
                synchronized (lines) {
                    lines.add(line);
                    lines.notifyAll();
                }
            }));
        }

        /** Until it has printed so many lines that begin so. */
        void await(String beginning, int count) throws InterruptedException {
            long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(10);
            synchronized (lines) {
                while (lines.stream().filter(line -> line.startsWith(beginning)).count() < count) {
                    assertTrue(System.nanoTime() < end && (process.isAlive() || !lines.isEmpty()), "" + lines);
                    lines.wait(1000);
                }
            }
        }

        void ended(int code) throws InterruptedException {
            assertTrue(process.waitFor(10, TimeUnit.MINUTES), "it runs on: " + lines);
            assertEquals(code, process.exitValue(), "" + lines);
        }

        /** As by {@code kill -9}. */
        void kill() throws InterruptedException {
            process.destroyForcibly();
            ended(SIGKILL);
        }

        @Override public void close() { process.destroyForcibly(); }
    }

    private List<Running> clients(int count, int port) throws IOException {
        var all = new ArrayList<Running>();
        byte[] secret = Token.secret(folder);
        for (int i = 0; i < count; i++) {
            all.add(new Running(Client.class, port, i, count, Token.of(secret, "c" + i)));
        }
        return all;
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** In the second round. */
    private static void awaitRoundTwo(List<Running> clients) throws InterruptedException {
        for (var client : clients) client.await("trains", EPOCHS + 1);
    }

    /** What clients in one process come to, which are there until the round of this number. */
    private float[] simulated(int all, int left, int until) {
        Path own = folder.resolve("simulated");
        try (var model = Toys.model()) {
            var task = Toys.task(model);
            new FederatedSimulation<>(task, null, options(2, false).rounds(until), simulated(task, all, all), own)
                    .run(_ -> { });
            new FederatedSimulation<>(task, null, options(2, false), simulated(task, left, all), own).run(_ -> { });
            return Toys.weights(model);
        }
    }

    private static List<FederatedClient<Batch>> simulated(Supervised task, int count, int of) {
        return IntStream.range(0, count).mapToObj(i -> new FederatedClient<>("c" + i, task, own(i, of), null))
                .toList();
    }

    private ServerState state() {
        try (var model = Toys.model()) {
            return ServerState.read(folder, Layout.shared(model, "").fingerprint());
        }
    }

    @ParameterizedTest(name = "secure {0}")
    @ValueSource(booleans = {false, true})
    void threeOfTenClientsAreKilled(boolean secure) throws Exception {
        int port = freePort();
        var clients = clients(10, port);
        try (var server = new Running(Server.class, folder, port, 10, 7, secure)) {
            var killed = clients.subList(7, 10);
            awaitRoundTwo(killed);
            for (var client : killed) client.kill();
            server.ended(0);
            for (var client : clients.subList(0, 7)) client.ended(0);
        } finally {
            clients.forEach(Running::close);
        }
        var state = state();
        assertEquals(List.of("10 of 10", "7 of 10", "7 of 7", "7 of 7"),
                state.rounds.stream().map(r -> r.reported() + " of " + r.chosen()).toList());
        var gone = String.join(" ", state.rounds.get(1).dropped());
        for (int i = 7; i < 10; i++) assertTrue(gone.contains("c" + i + ": "), gone);
        assertArrayEquals(simulated(10, 7, 1), state.vectors.get(ServerState.WEIGHTS), 1e-4f);
    }

    @Test void aKilledServerGoesOnAtItsRound() throws Exception {
        int port = freePort();
        var clients = clients(4, port);
        RoundReport first;
        try {
            try (var server = new Running(Server.class, folder, port, 4, 4, false)) {
                awaitRoundTwo(clients);
                server.kill();
                assertEquals(1, state().rounds.size());
                first = state().rounds.getFirst();
            }
            try (var server = new Running(Server.class, folder, port, 4, 4, false)) {
                server.await("begins after 1", 1);
                server.ended(0);
            }
            for (var client : clients) client.ended(0);
        } finally {
            clients.forEach(Running::close);
        }
        assertEquals(List.of(4, 4, 4, 4), state().rounds.stream().map(RoundReport::reported).toList());
        assertEquals(first, state().rounds.getFirst());
        assertArrayEquals(simulated(4, 4, 1), state().vectors.get(ServerState.WEIGHTS), 1e-5f);
    }
}
