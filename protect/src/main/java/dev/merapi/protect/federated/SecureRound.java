package dev.merapi.protect.federated;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * The server's part of one round of secure aggregation: passes on keys and sealed shares, adds up masked numbers, and
 * takes away the masks that did not cancel. See {@link SecureClient}.
 */
final class SecureRound {
    /** Asks peers, and gives the answers that came in time. */
    interface Asking extends BiFunction<List<Peer>, Function<Peer, Message>, Map<Peer, Message>> {}

    /**
     * The sum over clients, before it is taken apart.
     *
     * @param sum of the numbers
     * @param weight of all
     * @param reported how many they are
     */
    record Sum(float[] sum, double weight, List<Peer> reported) {}

    private final int round;
    private final int minimum;
    private final Asking asking;

    SecureRound(int round, int minimum, Asking asking) {
        this.round = round;
        this.minimum = minimum;
        this.asking = asking;
    }

    /**
     * @param train what is asked of each, without the shares
     * @param size numbers of a client
     * @return null where too few answered
     */
    Sum run(List<Peer> chosen, Message train, int size) {
        var keys = asking.apply(chosen, _ -> Message.of("keys", "round", round,
                "personal", train.values().getOrDefault("personal", "")));
        int threshold = Math.max(minimum, 2 * keys.size() / 3 + 1);
        if (keys.size() < threshold || keys.size() < 2) return null;
        var public_ = new TreeMap<String, Object>();
        keys.forEach((peer, answer) -> public_.put(peer.name(), Map.of("seal", answer.text("seal"), "mask",
                answer.text("mask"))));
        var shares = asking.apply(List.copyOf(keys.keySet()), _ -> Message.of("shares", "round", round, "threshold",
                threshold, "keys", public_));
        if (shares.size() < threshold) return null;
        var masked = asking.apply(List.copyOf(shares.keySet()), peer -> forwarded(train, shares, peer));
        if (masked.size() < threshold) return null;
        var alive = masked.keySet().stream().map(Peer::name).sorted().toList();
        var help = asking.apply(List.copyOf(masked.keySet()), _ -> Message.of("unmask", "round", round, "alive",
                alive));
        if (help.size() < threshold) return null;
        var names = shares.keySet().stream().map(Peer::name).sorted().toList();
        return unmasked(masked, help, names, public_, size);
    }

    /** What to learn, with the shares that the others have sealed for this client. */
    private static Message forwarded(Message train, Map<Peer, Message> shares, Peer to) {
        var sealed = new TreeMap<String, Object>();
        shares.forEach((from, answer) -> sealed.put(from.name(), SecureClient.map(answer, "shares").get(to.name())));
        var values = new LinkedHashMap<>(train.values());
        values.put("secure", true);
        values.put("shares", sealed);
        return new Message(train.kind(), values, train.bytes());
    }

    private Sum unmasked(Map<Peer, Message> masked, Map<Peer, Message> help, List<String> names,
            Map<String, Object> keys, int size) {
        var sum = new long[size + 2];
        masked.values().forEach(answer -> {
            long[] numbers = FixedPoint.numbers(answer.bytes(), sum.length);
            for (int i = 0; i < sum.length; i++) sum[i] += numbers[i];
        });
        var alive = masked.keySet().stream().map(Peer::name).toList();
        for (String name : names) {
            byte[] secret = SecretSharing.join(shares(help, name));
            if (alive.contains(name)) Keys.addMask(sum, secret, -1);
            else takeAway(sum, name, secret, alive, keys);
        }
        var values = new float[size];
        for (int i = 0; i < size; i++) values[i] = (float) FixedPoint.value(sum[i]);
        return new Sum(values, FixedPoint.value(sum[size]), List.copyOf(masked.keySet()));
    }

    /** The masks that those who are there share with one who is gone. */
    private void takeAway(long[] sum, String gone, byte[] secret, List<String> alive, Map<String, Object> keys) {
        var key = Keys.privateKey(secret);
        for (String other : alive) {
            String mask = (String) ((Map<?, ?>) keys.get(other)).get("mask");
            Keys.addMask(sum, Keys.shared(key, mask, "mask " + round), other.compareTo(gone) < 0 ? -1 : 1);
        }
    }

    private static Map<Integer, BigInteger> shares(Map<Peer, Message> help, String name) {
        var shares = new TreeMap<Integer, BigInteger>();
        for (Message answer : new ArrayList<>(help.values())) {
            shares.put(answer.integer("holder"), new BigInteger(SecureClient.map(answer, "shares").get(name), 16));
        }
        return shares;
    }
}
