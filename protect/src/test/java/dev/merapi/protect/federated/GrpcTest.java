package dev.merapi.protect.federated;

import dev.merapi.data.Batch;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Sequential;
import dev.merapi.train.Classification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Over the loopback, with TLS; clients have a thread and a model each. */
class GrpcTest {
    private static final FederatedOptions OPTIONS = FederatedOptions.DEFAULT.rounds(3).clients(1, 3, 60)
            .local(new FederatedOptions.Local(1, 0.1, 0));

    @TempDir static Path folder;
    private static byte[] secret;

    @BeforeAll static void makeCertificates() throws Exception {
        for (String name : List.of("server", "other")) certificate(name);
        secret = Token.secret(folder);
        assertArrayEquals(secret, Token.secret(folder)); // is kept
    }

    /** By the JDK's keytool, and out of its store as PEM. */
    private static void certificate(String name) throws Exception {
        Path store = folder.resolve(name + ".p12");
        var keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair", "-alias", "s", "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=localhost",
                "-ext",
                "SAN=dns:localhost,ip:127.0.0.1", "-keystore", store.toString(), "-storepass", "changeit", "-validity",
                "30").redirectErrorStream(true).start();
        String said = new String(keytool.getInputStream().readAllBytes());
        assertEquals(0, keytool.waitFor(), said);
        var keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
        pem(name + ".pem", "CERTIFICATE", keys.getCertificate("s").getEncoded());
        pem(name + ".key", "PRIVATE KEY", keys.getKey("s", "changeit".toCharArray()).getEncoded());
    }

    private static void pem(String file, String what, byte[] bytes) throws IOException {
        Files.writeString(folder.resolve(file), "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes) + "\n-----END " + what
                        + "-----\n");
    }

    private static GrpcHub hub(int port) {
        try (var model = Toys.model()) {
            return new GrpcHub(port, secret, Layout.shared(model, "").fingerprint(), folder.resolve("server.pem"),
                    folder.resolve("server.key"));
        }
    }

    private static FederatedClient<Batch> client(int number, Sequential model) {
        var data = Toys.data(300);
        return new FederatedClient<>("c" + number, Toys.task(model), Toys.loader(data.subset(
                Partition.iid(300, 3, 3).get(number))), null);
    }

    private static GrpcClient link(GrpcHub hub, FederatedClient<Batch> client) {
        return GrpcClient.of("localhost:" + hub.port(), client).token(Token.of(secret, client.name()))
                .trust(folder.resolve("server.pem")).patience(30);
    }

    @Test void theNetworkComputesWhatTheSimulationDoes() throws Exception {
        for (var options : List.of(OPTIONS, OPTIONS.secure(3))) {
            try (var threads = Executors.newFixedThreadPool(3); // ends after the hub, for which clients wait
                    var simulated = Toys.model(); var model = Toys.model(); var hub = hub(0)) {
                var task = Toys.task(simulated);
                new FederatedSimulation<>(task, null, OPTIONS, Toys.clients(task, Toys.data(300),
                        Partition.iid(300, 3, 3))).run(_ -> { });
                var running = IntStream.range(0, 3).<Future<?>>mapToObj(i -> threads.submit(() -> {
                    try (var own = Toys.model()) {
                        link(hub, client(i, own)).run();
                    }
                })).toList();
                var rounds = new FederatedServer<>(Toys.task(model), null, options, null, hub).run(_ -> { });
                assertEquals(3, rounds.size());
                assertEquals(3, rounds.getLast().reported(), rounds.toString());
                assertArrayEquals(Toys.weights(simulated), Toys.weights(model), 1e-5f);
                hub.stop();
                for (var one : running) one.get(30, TimeUnit.SECONDS);
            }
        }
    }

    /** With nothing but what is public, as in a program of a user's. */
    @Test void aServerOfOnesOwnLeadsAndGoesOn() throws Exception {
        Path own = folder.resolve("own");
        var options = OPTIONS.rounds(2).clients(1, 1, 60);
        try (var threads = Executors.newSingleThreadExecutor(); var model = Toys.model();
                var server = new FederatedServer<>(Toys.task(model), null, options, own)) {
            var early = assertThrows(IllegalStateException.class, () -> server.run(_ -> { }));
            assertEquals("FederatedServer: expected listen(port) before. It does not listen yet.", early.getMessage());
            server.tls(folder.resolve("server.pem"), folder.resolve("server.key")).listen(0);
            assertThrows(IllegalStateException.class, () -> server.listen(0));
            var running = threads.submit(() -> {
                try (var ours = Toys.model()) {
                    GrpcClient.of("localhost:" + server.port(), client(0, ours)).token(server.token("c0"))
                            .trust(folder.resolve("server.pem")).patience(30).run();
                }
            });
            assertEquals(2, server.run(_ -> { }).size());
            running.get(30, TimeUnit.SECONDS);
        }
        try (var model = Toys.model();
                var again = new FederatedServer<>(Toys.task(model), null, options, own)) {
            assertEquals(2, again.rounds().size());
            assertEquals(Token.of(Token.secret(own), "c0"), again.token("c0"));
            assertThrows(IllegalArgumentException.class, () -> again.tls(null, own));
            assertThrows(IllegalArgumentException.class,
                    () -> new FederatedServer<>(Toys.task(model), null, options, null));
        }
    }

    private static String refusal(Callable<?> running) {
        try (var threads = Executors.newSingleThreadExecutor()) {
            var e = assertThrows(ExecutionException.class, () -> threads.submit(running).get(60, TimeUnit.SECONDS));
            assertTrue(e.getCause() instanceof IllegalArgumentException, "" + e.getCause());
            return e.getCause().getMessage();
        }
    }

    @Test void aForgedTokenIsRefused() {
        try (var hub = hub(0); var model = Toys.model()) {
            String said = refusal(() -> {
                link(hub, client(0, model)).token(Token.of(secret, "c1")).run();
                return null;
            });
            assertTrue(said.startsWith("Federation: expected the token of c0. Received a proof that is not by it"),
                    said);
        }
    }

    /** The server's challenge is new for each connection. */
    @Test void aReplayedProofIsWorthNothing() {
        String token = Token.of(secret, "c0");
        String heard = Token.proof(token, "challenge of one connection", "c0");
        assertTrue(Token.isProof(secret, "challenge of one connection", "c0", heard));
        assertFalse(Token.isProof(secret, "challenge of another", "c0", heard));
        assertFalse(Token.isProof(secret, "challenge of one connection", "c1", heard));
    }

    @Test void anotherModelIsRefused() {
        try (var hub = hub(0); var model = new Sequential(new Linear(6, 3))) {
            var client = new FederatedClient<>("c0", Classification.of(model, 3), Toys.loader(Toys.data(50)), null);
            String said = refusal(() -> {
                link(hub, client).run();
                return null;
            });
            assertTrue(said.startsWith("Federation: expected a model of the server's architecture"), said);
        }
    }

    @Test void aWrongCertificateIsRefused() {
        try (var hub = hub(0); var model = Toys.model()) {
            String said = refusal(() -> {
                link(hub, client(0, model)).trust(folder.resolve("other.pem")).run();
                return null;
            });
            assertTrue(said.contains("to have the certificate that is trusted"), said);
            said = refusal(() -> {
                link(hub, client(0, model)).trust(folder.resolve("secret.key")).run();
                return null;
            });
            assertTrue(said.startsWith("GrpcClient: expected a certificate as a PEM file"), said);
        }
        String said = assertThrows(IllegalArgumentException.class, () -> new GrpcHub(0, secret, "", folder.resolve(
                "secret.key"), folder.resolve("server.key"))).getMessage();
        assertTrue(said.startsWith("Federation: expected a certificate and its unencrypted key"), said);
    }

    @Test void nobodyThereIsSaidInTime() {
        try (var model = Toys.model()) {
            var link = GrpcClient.of("localhost:1", client(0, model)).plain().patience(1);
            var e = assertThrows(IllegalStateException.class, link::run);
            assertTrue(e.getMessage().startsWith("GrpcClient: expected the server localhost:1 to answer within 1.0 s."
                    + " Received UNAVAILABLE"), e.getMessage());
            assertThrows(IllegalArgumentException.class, () -> GrpcClient.of("nowhere", client(0, model)));
        }
        try (var hub = hub(0)) {
            var e = assertThrows(IllegalStateException.class, () -> hub.connected(2, 0.1));
            assertEquals("Federation: expected at least 2 clients to be connected within 0.1 s. Received []",
                    e.getMessage());
        }
    }
}
