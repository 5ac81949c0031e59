package dev.merapi.paramserver;

import dev.merapi.ChildJvm;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.io.BufferedReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Three servers in processes of their own, of which one is killed while clients push. */
@Tag("proof")
class KilledServerProofTest {
    private static final int ROWS = 500;
    private static final int PUSHES = 60; // of each client

    /** A server that says where it is. */
    static final class Server {
        public static void main(String[] args) throws InterruptedException {
            var grid = Grid.serve(Grid.Options.DEFAULT.peers(args));
            IO.println("serves at " + grid.address());
            new CountDownLatch(1).await();
        }
    }

    private static final class Running implements AutoCloseable {
        final Process process;
        final String address;
        private final BufferedReader output;

        Running(String... peers) throws Exception {
            process = new ChildJvm().with("--enable-native-access=ALL-UNNAMED", "-Xmx256m").start(Server.class, peers);
            output = process.inputReader();
            String line = output.readLine();
            while (line != null && !line.startsWith("serves at ")) line = output.readLine();
            if (line == null) throw new IllegalStateException("the server ended with " + process.waitFor());
            address = line.substring("serves at ".length());
            Thread.startVirtualThread(() -> output.lines().forEach(_ -> { })); // so that it is never full
        }

        @Override public void close() { process.destroyForcibly(); }
    }

    /** Each push adds 1: rows count those that were acknowledged, none lost and none twice. */
    @Test void whatWasAcknowledgedIsThere() throws Exception {
        try (var a = new Running(); var b = new Running(a.address); var c = new Running(a.address, b.address)) {
            var begun = new CountDownLatch(2 * PUSHES / 4);
            var clients = new ArrayList<Callable<Object>>();
            for (int client = 0; client < 2; client++) {
                clients.add(() -> {
                    try (var grid = Grid.connect(a.address, b.address, c.address)) {
                        var table = grid.table("counted", 8, RowOptimizer.sgd(1), RowInit.ZEROS);
                        for (int i = 0; i < PUSHES; i++) {
                            try (var _ = Scope.open()) {
                                table.push(LongStream.range(0, ROWS).toArray(), Tensor.full(-1, ROWS, 8));
                            }
                            begun.countDown();
                        }
                        return null;
                    }
                });
            }
            try (var threads = Executors.newFixedThreadPool(3)) {
                threads.submit(() -> {
                    begun.await();
                    return new ProcessBuilder("kill", "-9", "" + b.process.pid()).start().waitFor();
                });
                for (var client : threads.invokeAll(clients)) client.get();
            }
            assertEquals(137, b.process.waitFor(), "it was killed");
            try (var grid = Grid.connect(a.address, c.address); var _ = Scope.open()) {
                var rows = grid.table("counted", 8, RowOptimizer.sgd(1), RowInit.ZEROS)
                        .pull(LongStream.range(0, ROWS).toArray());
                assertEquals(List.of(2.0 * PUSHES, 2.0 * PUSHES), List.of(rows.min().item(), rows.max().item()));
                assertEquals(2, grid.servers());
            }
        }
    }
}
