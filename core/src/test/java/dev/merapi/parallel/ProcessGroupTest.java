package dev.merapi.parallel;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ProcessGroupTest {
    private static final Duration SHORT = Duration.ofMillis(2500);

    private static Tensor numbers(double... values) { return Tensor.of(values, values.length).to(DType.FLOAT32); }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void everyRankGetsWhatAllHave(int world) throws Exception {
        int sum = world * (world + 1) / 2; // 1 + 2 + … + world
        Ranks.all(world, group -> {
            try (var _ = Scope.open()) {
                int mine = group.rank() + 1;
                var x = numbers(mine, 10 * mine);
                group.allReduce(x, Reduction.SUM);
                assertArrayEquals(new float[] {sum, 10 * sum}, x.toFloats());
                var most = Tensor.of(new long[] {mine, -mine}, 2);
                group.allReduce(most, Reduction.MAX);
                assertArrayEquals(new long[] {world, -1}, most.toLongs());

                var transposed = Tensor.of(new float[] {mine, 2, 3, 4, 5, 6}, 2, 3).mT(); // not in one piece
                group.broadcast(transposed, world - 1);
                assertArrayEquals(new float[] {world, 4, 2, 5, 3, 6}, transposed.toFloats());

                var gathered = group.allGather(numbers(mine, 7));
                assertArrayEquals(new long[] {world, 2}, gathered.shape());
                for (int rank = 0; rank < world; rank++) {
                    assertArrayEquals(new float[] {rank + 1, 7}, gathered.select(0, rank).toFloats());
                }
                assertArrayEquals(new float[] {mine}, group.allGather(Tensor.scalar(mine, DType.FLOAT32))
                        .narrow(0, group.rank(), 1).toFloats());

                var parts = Tensor.arange(2L * world).to(DType.FLOAT32).mul(mine).view(world, 2);
                var part = group.reduceScatter(parts, Reduction.SUM);
                assertArrayEquals(new long[] {1, 2}, part.shape());
                assertArrayEquals(new float[] {2 * group.rank() * sum, (2 * group.rank() + 1) * sum}, part.toFloats());

                assertEquals(sum, group.sum(mine));
                assertEquals(world, group.max(mine));
                var texts = group.gather("ä".repeat(group.rank()));
                for (int rank = 0; rank < world; rank++) assertEquals("ä".repeat(rank), texts.get(rank));
                group.expectSame("configuration", "epochs=5");
                group.barrier();
            }
            return null;
        });
    }

    @Test void tensorsGoFromRankToRankInOrder() throws Exception {
        Ranks.all(2, group -> {
            try (var _ = Scope.open()) {
                if (group.rank() == 0) {
                    group.send(Tensor.of(new long[] {1, 2, 3, 4}, 2, 2).mT(), 1);
                    group.send(Tensor.scalar(5, DType.BFLOAT16), 1);
                    assertArrayEquals(new long[] {0, 3}, group.receive(1).shape());
                } else {
                    var first = group.receive(0);
                    assertArrayEquals(new long[] {1, 3, 2, 4}, first.toLongs());
                    assertArrayEquals(new long[] {2, 2}, first.shape());
                    assertEquals(DType.BFLOAT16, group.receive(0).dtype());
                    group.send(Tensor.empty(0, 3), 0);
                }
            }
            return null;
        });
    }

    @Test void aSiblingHasAnOrderOfItsOwn() throws Exception {
        Ranks.all(2, group -> {
            try (var sibling = group.sibling("other"); var _ = Scope.open()) {
                var x = numbers(1);
                group.barrier();
                sibling.allReduce(x, Reduction.SUM); // its first call, the other's second
                assertEquals(2, x.item());
                assertEquals(4, group.sum(2));
            }
            return null;
        });
    }

    @Test void ranksThatDoDifferentThingsAreToldSo() throws Exception {
        var ranks = Ranks.threads(2, Duration.ofMinutes(1), group -> {
            try (var _ = Scope.open()) {
                group.allReduce(numbers(group.rank() == 0 ? new double[] {1, 2} : new double[] {1}), Reduction.SUM);
            }
            return null;
        });
        String message = Ranks.failure(ranks.get(0));
        assertTrue(message.startsWith("ProcessGroup: expected the same call on all ranks. Received call 0, allReduce of"
                + " 2 float32 elements, here on rank 0, and call 0, allReduce of 1 float32 elements on rank 1 "),
                message);
        assertTrue(Ranks.failure(ranks.get(1)).contains("of 1 float32 elements, here on rank 1, and"));

        var others = Ranks.threads(2, Duration.ofMinutes(1), group -> {
            if (group.rank() == 0) group.barrier();
            else group.sum(3);
            return null;
        });
        String other = Ranks.failure(others.get(0));
        assertTrue(other.contains("call 0, barrier, here on rank 0, and call 0, sum on rank 1"), other);
    }

    @Test void anotherConfigurationIsShown() throws Exception {
        var ranks = Ranks.threads(3, Duration.ofMinutes(1), group -> {
            group.expectSame("configuration", "epochs=" + (group.rank() == 2 ? 6 : 5));
            return null;
        });
        for (var rank : ranks) {
            String message = Ranks.failure(rank);
            assertTrue(message.matches("(?s)ProcessGroup: expected the same configuration on all ranks. Received\n"
                    + "  rank 0 \\(process .*\\): epochs=5\n  rank 2 \\(process .*\\): epochs=6"), message);
        }
    }

    @Test void aRankThatDoesNotComeToACallIsNamed() throws Exception {
        var ranks = Ranks.threads(3, SHORT, group -> {
            if (group.rank() == 1) {
                Thread.sleep(2 * SHORT.toMillis()); // busy with something else
                return null;
            }
            group.barrier();
            return null;
        });
        var messages = List.of(Ranks.failure(ranks.get(0)), Ranks.failure(ranks.get(2)));
        for (String message : messages) {
            assertTrue(message.matches("(?s)ProcessGroup: barrier: expected all 3 ranks within 2.5 s. rank \\d"
                    + " \\(process .*\\).* did not come.*"), message);
        }
        // on a busy machine the other may have given up before this one asked
        assertTrue(messages.stream().anyMatch(message -> message.contains("rank 1 (process ")), messages.toString());
    }

    @Test void aBrokenGroupStaysBroken() throws Exception {
        var ranks = Ranks.threads(2, Duration.ofMinutes(1), group -> {
            assertThrows(IllegalStateException.class, () -> group.expectSame("letter", group.rank() == 0 ? "a" : "b"));
            group.barrier(); // only an agreement failed
            assertThrows(IllegalStateException.class, () -> {
                if (group.rank() == 0) group.barrier();
                else group.sum(1);
            });
            group.barrier();
            return null;
        });
        for (var rank : ranks) {
            String message = Ranks.failure(rank);
            assertTrue(message.startsWith("ProcessGroup: broken before: expected the same call"), message);
        }
    }

    @Test void whoFailsTellsTheOthers() throws Exception {
        var ranks = Ranks.threads(2, Duration.ofMinutes(1), group -> {
            if (group.rank() == 1) group.fail();
            else group.sum(1);
            return null;
        });
        String message = Ranks.failure(ranks.get(0));
        assertTrue(message.matches("ProcessGroup: rank 1 \\(process .*\\) has failed. What went wrong is said there."),
                message);
        assertEquals("no failure, but null", Ranks.failure(ranks.get(1)));
    }

    @Test void ranksThatAreMissingAtTheBeginningAreNamed() throws Exception {
        var at = Ranks.meeting(4, SHORT);
        var ranks = Ranks.threads(List.of(() -> ProcessGroup.join(at.get(0)), () -> ProcessGroup.join(at.get(2))));
        for (var rank : ranks) {
            String message = Ranks.failure(rank);
            assertTrue(message.startsWith("ProcessGroup: expected 4 ranks at 127.0.0.1:"), message);
            assertTrue(message.endsWith(" within 2.5 s. rank 1 and rank 3 did not come."), message);
        }
        var alone = assertThrows(IllegalStateException.class, () ->
                ProcessGroup.join(Ranks.meeting(2, Duration.ofSeconds(1)).get(1))).getMessage();
        assertTrue(alone.startsWith("ProcessGroup: expected rank 0 at 127.0.0.1:"), alone);
    }

    @Test void aPortInUseIsRefused() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getByName("0.0.0.0"))) {
            var at = new Rendezvous("127.0.0.1", taken.getLocalPort(), 0, 1);
            assertEquals("ProcessGroup: expected a free port for rank 0 to listen at. Received " + taken.getLocalPort()
                    + ", which is in use; choose another.",
                    assertThrows(IllegalArgumentException.class, () -> ProcessGroup.join(at)).getMessage());
        }
    }

    @Test void nothingStaysAlive() throws Exception {
        long before = Scope.live();
        Ranks.all(2, group -> {
            try (var _ = Scope.open()) {
                group.allReduce(numbers(1, 2, 3), Reduction.SUM);
                group.gather("text");
            }
            return null;
        });
        assertTrue(Scope.live() <= before, "left alive: " + (Scope.live() - before));
    }

    @Test void aRendezvousIsReadFromVariables() {
        var at = new Rendezvous("node-a", 4711, 2, 4).timeout(Duration.ofSeconds(30));
        assertEquals(at, Rendezvous.of(at.toEnvironment()));
        assertEquals("Rendezvous: expected the variables RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT, as a launcher"
                + " sets them. Received none named MASTER_ADDR.", assertThrows(IllegalArgumentException.class, () ->
                        Rendezvous.of(Map.of("RANK", "0", "WORLD_SIZE", "2"))).getMessage());
        assertEquals("Rendezvous: expected a rank from 0 to below world. Received rank 4 of 4",
                assertThrows(IllegalArgumentException.class, () -> new Rendezvous("a", 1, 4, 4)).getMessage());
    }
}
