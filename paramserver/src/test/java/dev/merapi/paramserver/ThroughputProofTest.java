package dev.merapi.paramserver;

import dev.merapi.tensor.Scope;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** Rows that clients pull and push in a second, from two servers with a backup of each row, all in one process. */
@Tag("proof")
class ThroughputProofTest {
    private static final int ROWS = 1000; // of a batch, of 100,000
    private static final int WARM_UP = 5;
    private static final int BATCHES = 30;

    @Test void rowsPulledAndPushedInASecond() throws Exception {
        try (var first = Grid.serve(Grid.Options.DEFAULT);
                var second = Grid.serve(Grid.Options.DEFAULT.peers(first.address()))) {
            for (int clients : new int[] {1, 2, 4}) {
                var work = new ArrayList<Callable<Double>>();
                for (int i = 0; i < clients; i++) {
                    int client = i;
                    work.add(() -> rate(client, first.address(), second.address()));
                }
                double all = 0;
                try (var threads = Executors.newFixedThreadPool(clients)) {
                    for (var rate : threads.invokeAll(work)) all += rate.get();
                }
                assertTrue(all > 0);
                IO.println("%d clients: %,.0f rows of 64 floats pulled and pushed a second".formatted(clients, all));
            }
        }
    }

    private static double rate(int client, String... servers) {
        var random = new Random(client);
        try (var grid = Grid.connect(servers)) {
            var table = grid.table("rows", 64, RowOptimizer.adaGrad(0.05));
            long begin = 0;
            for (int i = 0; i < WARM_UP + BATCHES; i++) {
                if (i == WARM_UP) begin = System.nanoTime();
                try (var _ = Scope.open()) {
                    long[] ids = random.longs(ROWS, 0, 100_000).toArray();
                    table.push(ids, table.pull(ids));
                }
            }
            return (double) ROWS * BATCHES / ((System.nanoTime() - begin) / 1e9);
        }
    }
}
