package dev.merapi.protect.federated;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SecureAggregationTest {
    private static final int SIZE = 2000;

    /** A client that sends its number everywhere, and may go away. */
    private static final class Toy implements Peer {
        final String name;
        final float[] change = new float[SIZE];
        final SecureClient client;
        String goesAt = "";

        Toy(int i) {
            name = "c" + i;
            Arrays.fill(change, i + 0.25f);
            client = new SecureClient(name, 1);
        }

        @Override public String name() { return name; }

        @Override public CompletableFuture<Message> ask(Message message) {
            return CompletableFuture.completedFuture(switch (message.kind()) {
                case "keys" -> client.keys();
                case "shares" -> client.shares(message);
                case "train" -> Message.of("update", client.mask(message, change, SIZE, 2));
                default -> client.unmask(message);
            });
        }

        @Override public long sent() { return 0; }

        @Override public long received() { return 0; }
    }

    private static List<Toy> toys(int n) {
        var toys = new ArrayList<Toy>();
        for (int i = 0; i < n; i++) toys.add(new Toy(i));
        return toys;
    }

    /** What the server receives is kept by kind and client. */
    private static SecureRound.Sum run(List<Toy> toys, int minimum, Map<String, Map<String, Message>> seen) {
        SecureRound.Asking asking = (whom, what) -> ask(whom, what, seen);
        return new SecureRound(1, minimum, asking).run(List.copyOf(toys), Message.of("train", new byte[8], "round", 1),
                SIZE);
    }

    private static Map<Peer, Message> ask(List<Peer> whom, Function<Peer, Message> what,
            Map<String, Map<String, Message>> seen) {
        var answers = new LinkedHashMap<Peer, Message>();
        for (Peer peer : whom) {
            var message = Message.decode(what.apply(peer).encode());
            if (((Toy) peer).goesAt.equals(message.kind())) continue;
            var answer = Message.decode(peer.ask(message).join().encode());
            seen.computeIfAbsent(message.kind(), _ -> new TreeMap<>()).put(peer.name(), answer);
            answers.put(peer, answer);
        }
        return answers;
    }

    @Test void theSumIsExact() {
        var seen = new TreeMap<String, Map<String, Message>>();
        var sum = run(toys(5), 2, seen);
        assertEquals(5, sum.reported().size());
        assertEquals(10, sum.weight());
        assertEquals(2 * (0 + 1 + 2 + 3 + 4 + 5 * 0.25f), sum.sum()[77]);
    }

    /** Of ten, three are gone after they shared their keys: their masks are taken away by the others. */
    @Test void clientsThatGoDoNotStopIt() {
        var toys = toys(10);
        for (int i : List.of(2, 5, 9)) toys.get(i).goesAt = "train";
        var sum = run(toys, 7, new TreeMap<>());
        assertEquals(7, sum.reported().size());
        assertEquals(14, sum.weight());
        assertEquals(2 * (0 + 1 + 3 + 4 + 6 + 7 + 8 + 7 * 0.25f), sum.sum()[0]);
    }

    @Test void tooFewAreNoSum() {
        var toys = toys(10);
        for (int i = 0; i < 5; i++) toys.get(i).goesAt = "train";
        assertNull(run(toys, 2, new TreeMap<>()));
    }

    /**
     * What the server sees of a client is as random bits: their mean, spread and the share of ones are those of uniform
     * numbers, and two rounds of the same change have nothing in common. What it learns in the end are own masks of
     * those that reported and keys of those that did not, never both of one.
     */
    @Test void theServerSeesOnlyTheSum() {
        var toys = toys(6);
        toys.get(3).goesAt = "train";
        var seen = new TreeMap<String, Map<String, Message>>();
        run(toys, 4, seen);
        for (var answer : seen.get("train").values()) {
            assertTrue(!answer.values().containsKey("loss") && !answer.values().containsKey("samples"));
            int ones = 0;
            for (byte b : answer.bytes()) ones += Integer.bitCount(b & 0xff);
            double share = ones / 8.0 / answer.bytes().length;
            assertEquals(0.5, share, 0.01); // of 128,000 bits: 7 deviations
            long[] numbers = FixedPoint.numbers(answer.bytes(), SIZE + 2);
            assertEquals(SIZE + 2, Arrays.stream(numbers).distinct().count()); // of equal ones
        }
        byte[] first = seen.get("train").get("c1").bytes();
        var again = new TreeMap<String, Map<String, Message>>();
        run(toys(6), 4, again);
        long[] a = FixedPoint.numbers(first, SIZE + 2);
        long[] b = FixedPoint.numbers(again.get("train").get("c1").bytes(), SIZE + 2);
        for (int i = 0; i < a.length; i++) assertTrue(a[i] != b[i]);
        for (var answer : seen.get("unmask").values()) {
            assertEquals(Set.of("c0", "c1", "c2", "c3", "c4", "c5"), SecureClient.map(answer, "shares").keySet());
        }
    }

    @Test void aClientUnmasksOnce() {
        var toys = toys(4);
        run(toys, 2, new TreeMap<>());
        assertThrows(IllegalStateException.class, () -> toys.get(0).client.unmask(Message.of("unmask", "alive",
                List.of("c0", "c1", "c2"))));
        var few = toys(4);
        few.forEach(toy -> toy.goesAt = "unmask");
        run(few, 2, new TreeMap<>());
        var e = assertThrows(IllegalArgumentException.class, () -> few.get(0).client.unmask(Message.of("unmask",
                "alive",
                List.of("c0"))));
        assertTrue(e.getMessage().startsWith("c0: expected at least 3 clients in a sum"), e.getMessage());
    }

    @Test void sharesGiveTheSecretBack() {
        byte[] secret = Keys.random(32);
        var shares = SecretSharing.split(secret, 10, 7);
        var some = new TreeMap<Integer, BigInteger>();
        for (int holder : List.of(1, 3, 4, 6, 7, 9, 10)) some.put(holder, shares[holder - 1]);
        assertArrayEquals(secret, SecretSharing.join(some));
        some.put(2, shares[1]);
        assertArrayEquals(secret, SecretSharing.join(some));
        some.clear();
        for (int holder = 1; holder <= 6; holder++) some.put(holder, shares[holder - 1]);
        // 265 bits too long, all but surely
        assertThrows(IllegalArgumentException.class, () -> SecretSharing.join(some));
    }
}
