package dev.merapi.paramserver;

import dev.merapi.nn.Embedding;
import dev.merapi.optim.Adagrad;
import dev.merapi.optim.Adam;
import dev.merapi.optim.Optimizer;
import dev.merapi.optim.Sgd;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class EmbeddingTableTest {
    private static Grid grid;

    @BeforeAll static void start() { grid = Grid.serve(Grid.Options.DEFAULT); }

    @AfterAll static void stop() { grid.close(); }

    /** Rows that all have a gradient in each step change as a table in the model does. */
    @Test void serversUpdateAsTheOptimizersOfModelsDo() {
        assertUpdates("sgd", RowOptimizer.sgd(0.1), e -> new Sgd(e, 0.1));
        assertUpdates("adagrad", RowOptimizer.adaGrad(0.1), e -> new Adagrad(e, 0.1));
        assertUpdates("adam", RowOptimizer.adam(0.1), e -> new Adam(e, 0.1));
    }

    private static void assertUpdates(String name, RowOptimizer onServer, Function<Embedding, Optimizer> inModel) {
        try (var _ = Scope.open()) {
            var table = grid.table(name, 3, onServer, RowInit.ZEROS);
            var embedding = new Embedding(4, 3);
            Param weight = embedding.params().get("weight");
            try (var _ = Torch.noGrad()) {
                weight.zero_();
            }
            var optimizer = inModel.apply(embedding);
            for (int step = 1; step <= 5; step++) {
                Tensor gradient = Tensor.arange(12).to(weight.dtype()).add(step).sin().view(4, 3);
                weight.grad(gradient);
                optimizer.step();
                table.push(new long[] {0, 1, 2, 3}, gradient);
            }
            assertArrayEquals(weight.toFloats(), table.pull(new long[] {0, 1, 2, 3}).flatten().toFloats(), 1e-6f);
            optimizer.close();
        }
    }

    @Test void rowsBeginBySeedAndIdAndAreStoredWhenTheyArePushed() {
        try (var _ = Scope.open()) {
            var table = grid.table("begin", 8, RowOptimizer.sgd(1), new RowInit(0.5, 7));
            long[] ids = LongStream.range(-500, 500).toArray();
            var first = table.pull(ids);
            assertEquals(0, table.size());
            assertEquals(0, first.mean().item(), 0.03);
            assertEquals(0.5, first.std().item(), 0.03);
            assertTrue(first.sameAs(table.pull(ids)));
            // −3 twice: its gradients are added up
            table.push(new long[] {-3, 1L << 40, -3}, Tensor.ones(3, 8));
            assertEquals(2, table.size());
            var moved = table.pull(ids).sub(first);
            assertEquals(-2, moved.select(0, 497).mean().item(), 1e-6);
            assertEquals(-2 * 8, moved.sum().item(), 1e-4);
        }
    }

    @Test void clientsAtOnceLoseNothing() throws Exception {
        var clients = new ArrayList<Callable<Object>>();
        for (int client = 0; client < 3; client++) {
            clients.add(() -> {
                try (var mine = Grid.connect(grid.address())) {
                    var table = mine.table("counted", 2, RowOptimizer.sgd(1), RowInit.ZEROS);
                    for (int i = 0; i < 20; i++) {
                        try (var _ = Scope.open()) {
                            table.push(LongStream.range(0, 50).toArray(), Tensor.full(-1, 50, 2));
                        }
                    }
                    return null;
                }
            });
        }
        try (var threads = Executors.newFixedThreadPool(3)) {
            for (var client : threads.invokeAll(clients)) client.get();
        }
        try (var _ = Scope.open()) {
            var rows = grid.table("counted", 2, RowOptimizer.sgd(1), RowInit.ZEROS)
                    .pull(LongStream.range(0, 50).toArray());
            assertEquals(60, rows.min().item());
            assertEquals(60, rows.max().item());
        }
    }

    @Test void aServerThatIsLostLosesNothing() {
        var first = Grid.serve(Grid.Options.DEFAULT);
        try (var second = Grid.serve(Grid.Options.DEFAULT.peers(first.address())); var _ = Scope.open();
                var client = Grid.connect(first.address(), second.address())) {
            assertEquals(2, client.servers());
            var table = client.table("kept", 4, RowOptimizer.adam(0.1));
            long[] ids = LongStream.range(0, 400).toArray();
            for (int i = 0; i < 3; i++) table.push(ids, Tensor.ones(400, 4));
            var before = table.pull(ids);
            first.crash();
            assertTrue(before.sameAs(table.pull(ids)));
            table.push(ids, Tensor.ones(400, 4));
            assertEquals(400, table.size());
            assertTrue(table.pull(ids).lt(before).all().itemBoolean());
            assertEquals(1, client.servers());
        }
    }

    @Test void rowsThatNobodyUsesAreForgotten() throws Exception {
        try (var forgetful = Grid.serve(Grid.Options.DEFAULT.keep(Duration.ofSeconds(1))); var _ = Scope.open()) {
            var table = forgetful.table("seldom", 2, RowOptimizer.sgd(1), RowInit.ZEROS);
            table.push(new long[] {1, 2}, Tensor.ones(2, 2));
            for (int i = 0; i < 600 && table.size() > 0; i++) Thread.sleep(100);
            assertEquals(0, table.size());
            assertEquals(0, table.pull(new long[] {1}).sum().item(), "it begins anew");
        }
    }

    @Test void aSavedTableGoesOnElsewhere(@TempDir Path folder) throws IOException {
        try (var _ = Scope.open(); var other = Grid.serve(Grid.Options.DEFAULT)) {
            var table = grid.table("saved", 3, RowOptimizer.adam(0.1));
            long[] ids = LongStream.range(0, 100).map(i -> i * i * 7919).toArray();
            table.push(ids, Tensor.arange(300).view(100, 3));
            table.save(folder);
            var restored = other.table("anew", 3, RowOptimizer.adam(0.1));
            restored.restore(folder);
            for (var each : List.of(table, restored)) each.push(ids, Tensor.ones(100, 3));
            assertTrue(table.pull(ids).sameAs(restored.pull(ids)));

            String other4 = assertThrows(IllegalArgumentException.class, () ->
                    other.table("wider", 4, RowOptimizer.adam(0.1)).restore(folder)).getMessage();
            assertTrue(other4.contains("expected rows of 4 numbers with 2 moments each. Received"), other4);
            Path empty = Files.createDirectory(folder.resolve("empty"));
            assertEquals(empty + ": expected files of a table, part-00000.safetensors and so on. Received none.",
                    assertThrows(IllegalArgumentException.class, () -> restored.restore(empty)).getMessage());
        }
    }

    @Test void otherSettingsShapesAndPlacesAreRefused() {
        try (var _ = Scope.open()) {
            var table = grid.table("mine", 3, RowOptimizer.sgd(0.1), RowInit.ZEROS);
            assertEquals("Grid.table: expected the settings that the table mine has, 3 numbers, RowInit[deviation=0.0,"
                    + " seed=0], moments of Sgd. Received 4 numbers, RowInit[deviation=0.0, seed=0], moments of Sgd",
                    assertThrows(IllegalArgumentException.class, () ->
                            grid.table("mine", 4, RowOptimizer.sgd(0.1), RowInit.ZEROS)).getMessage());
            assertEquals("EmbeddingTable.push: expected gradients of shape (1, 3). Received float32 (1, 2)",
                    assertThrows(IllegalArgumentException.class, () ->
                            table.push(new long[] {1}, Tensor.ones(1, 2))).getMessage().replace(" cpu", ""));
            assertTrue(assertThrows(IllegalStateException.class, () ->
                    Grid.connect(Duration.ofSeconds(1), "127.0.0.1:9")).getMessage()
                    .startsWith("Grid: expected a server at 127.0.0.1:9 within 1.0 s. None answered"));
            int port = Integer.parseInt(grid.address().split(":")[1]);
            assertTrue(assertThrows(IllegalArgumentException.class, () ->
                    Grid.serve(Grid.Options.DEFAULT.at("127.0.0.1", port))).getMessage()
                    .startsWith("Grid: could not serve at 127.0.0.1:" + port));
        }
    }
}
