package dev.merapi.protect.federated;

import java.math.BigInteger;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A client's part of one round of secure aggregation (Bonawitz et al. 2017, "Practical Secure Aggregation for
 * Privacy-Preserving Machine Learning", CCS): its numbers are sent under masks that cancel in the sum, one shared with
 * each other client and one of its own. The seeds of both kinds are shared out, so that enough others can help to take
 * away the masks of a client that is gone, or the own masks of those that are there; never both of one client. The
 * server is held to be curious, and honest about the keys that it passes on.
 */
final class SecureClient {
    private final String name;
    private final int round;
    private final KeyPair sealing = Keys.pair(); // for shares that the server passes on
    private final KeyPair masking = Keys.pair();
    private final byte[] ownMask = Keys.random(32);
    private Map<String, Map<String, String>> keys = Map.of(); // of all, in order
    private Map<String, String> received = Map.of(); // shares of others' secrets: "own:masking", sealed
    private int threshold;
    private boolean unmasked;

    SecureClient(String name, int round) {
        this.name = name;
        this.round = round;
    }

    Message keys() {
        return Message.of("keys", "seal", Keys.encode(sealing.getPublic().getEncoded()), "mask",
                Keys.encode(masking.getPublic().getEncoded()));
    }

    /** Shares of both secrets, sealed for each other client. */
    Message shares(Message asked) {
        keys = mapOfMaps(asked, "keys");
        int n = keys.size();
        threshold = asked.integer("threshold");
        if (2 * threshold <= n || !keys.containsKey(name)) {
            throw new IllegalArgumentException(name + ": expected its own key among those of the round, and a threshold"
                    + " above half of them. Received " + threshold + " of " + n);
        }
        var own = SecretSharing.split(ownMask, n, threshold);
        var mask = SecretSharing.split(Keys.secret(masking.getPrivate()), n, threshold);
        var sealed = new LinkedHashMap<String, Object>();
        int i = 0;
        for (String other : keys.keySet()) {
            String share = own[i].toString(16) + ":" + mask[i++].toString(16);
            sealed.put(other, Keys.encrypt(sealingKey(other), share, about(name, other)));
        }
        return Message.of("shares", "shares", sealed);
    }

    private byte[] sealingKey(String other) {
        return Keys.shared(sealing.getPrivate(), keys.get(other).get("seal"), "seal " + round);
    }

    private String about(String from, String to) { return from + ">" + to + " " + round; }

    /**
     * The numbers under masks: weight · change, what follows {@code shared} of them as it is, the weight, and 1.
     *
     * @param asked with the shares of all that take part
     */
    byte[] mask(Message asked, float[] change, int shared, double weight) {
        received = map(asked, "shares");
        var numbers = new long[change.length + 2];
        for (int i = 0; i < change.length; i++) numbers[i] = FixedPoint.of(i < shared ? weight * change[i] : change[i]);
        numbers[change.length] = FixedPoint.of(weight);
        numbers[change.length + 1] = FixedPoint.of(1);
        Keys.addMask(numbers, ownMask, 1);
        for (String other : received.keySet()) {
            if (other.equals(name)) continue;
            Keys.addMask(numbers, Keys.shared(masking.getPrivate(), keys.get(other).get("mask"), "mask " + round),
                    name.compareTo(other) < 0 ? 1 : -1);
        }
        return FixedPoint.bytes(numbers);
    }

    /** Of those that sent their numbers the shares of their own masks, of the others those of their keys. */
    Message unmask(Message asked) {
        if (unmasked) throw new IllegalStateException(name + ": expected to be asked for shares once in a round");
        unmasked = true;
        var alive = list(asked, "alive");
        if (alive.size() < threshold) {
            throw new IllegalArgumentException(name + ": expected at least " + threshold
                    + " clients in a sum. Received "
                    + alive);
        }
        var gone = new ArrayList<>(received.keySet());
        gone.removeAll(alive);
        var shares = new TreeMap<String, Object>();
        for (String other : alive) shares.put(other, share(other, 0));
        for (String other : gone) shares.put(other, share(other, 1));
        return Message.of("unmasked", "shares", shares, "holder", new ArrayList<>(keys.keySet()).indexOf(name) + 1);
    }

    private String share(String other, int which) {
        if (!received.containsKey(other)) {
            throw new IllegalArgumentException(name + ": expected clients of the round. Received " + other);
        }
        String text = Keys.decrypt(sealingKey(other), received.get(other), about(other, name));
        return new BigInteger(text.split(":")[which], 16).toString(16);
    }

    @SuppressWarnings("unchecked") // checked by what is done with it
    private static Map<String, Map<String, String>> mapOfMaps(Message message, String key) {
        if (message.values().get(key) instanceof Map<?, ?> map) return (Map<String, Map<String, String>>) map;
        throw new IllegalArgumentException("Federation: expected a map of " + key + " in a message " + message.kind());
    }

    @SuppressWarnings("unchecked")
    static Map<String, String> map(Message message, String key) {
        if (message.values().get(key) instanceof Map<?, ?> map) return (Map<String, String>) map;
        throw new IllegalArgumentException("Federation: expected a map of " + key + " in a message " + message.kind());
    }

    @SuppressWarnings("unchecked")
    private static List<String> list(Message message, String key) {
        if (message.values().get(key) instanceof List<?> list) return (List<String>) list;
        throw new IllegalArgumentException("Federation: expected a list of " + key + " in a message " + message.kind());
    }
}
