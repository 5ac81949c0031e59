package dev.merapi.serve;

import dev.merapi.io.FileErrors;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Who may ask: those with a key, or, where there are none, programs and pages of this machine. */
final class Keys {
    private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "[::1]");

    private final List<byte[]> keys;
    private final String host;
    private final List<RateLimit> limits; // of each key; of all requests where there are none

    private Keys(List<byte[]> keys, String host, int rate) {
        this.keys = keys;
        this.host = host;
        limits = Stream.generate(() -> new RateLimit(rate)).limit(Math.max(1, keys.size())).toList();
    }

    /**
     * @throws IllegalArgumentException if other machines could ask without a key
     */
    static Keys of(ServeConfig config) {
        var keys = config.keys().isEmpty() ? List.<byte[]>of() : read(Path.of(config.keys()));
        if (keys.isEmpty() && !isLocal(config.host())) {
            throw new IllegalArgumentException("host: expected 127.0.0.1, or a file of API keys (keys=…) for a server"
                    + " that other machines can reach. Received " + config.host() + " without keys.");
        }
        return new Keys(keys, config.host(), config.rate());
    }

    private static boolean isLocal(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("host: expected an address of this machine. Received " + host + ".", e);
        }
    }

    private static List<byte[]> read(Path file) {
        try {
            var keys = Files.readAllLines(file).stream().map(String::strip).filter(line -> !line.isEmpty())
                    .map(line -> line.getBytes(StandardCharsets.UTF_8)).toList();
            if (!keys.isEmpty()) return keys;
            throw new IllegalArgumentException(file + ": expected an API key in each line. Received none.");
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
    }

    /**
     * @throws Refusal if the request may not be answered
     */
    void check(Exchange exchange) {
        if (keys.isEmpty()) {
            checkHost(exchange.header("Host"));
            limits.getFirst().take();
            return;
        }
        byte[] given = exchange.header("Authorization").replaceFirst("(?i)^Bearer +", "")
                .getBytes(StandardCharsets.UTF_8);
        int known = -1; // all are compared, each in a time that says nothing of where they differ
        for (int i = 0; i < keys.size(); i++) if (MessageDigest.isEqual(keys.get(i), given)) known = i;
        if (known < 0) {
            throw new Refusal(401, "invalid_api_key", "Authorization: expected Bearer and one of this server's keys."
                    + " Received " + (given.length == 0 ? "none" : "another") + ".");
        }
        limits.get(known).take();
    }

    /** Refuses what a page from elsewhere asks, where that needs no JSON, for which its browser would ask before. */
    void checkOrigin(Exchange exchange) {
        String origin = exchange.header("Origin"), host = exchange.header("Host");
        if (origin.isEmpty() || origin.replaceFirst("^https?://", "").equals(host)) return;
        throw new Refusal(403, null, "Origin: expected this server's page, or none. Received " + origin + ".");
    }

    /** A page from elsewhere may have bent its own name to this machine; that name is here. */
    private void checkHost(String given) {
        String name = given.replaceFirst(":\\d*$", "");
        if (LOCAL.contains(name) || name.equals(host)) return;
        throw new Refusal(403, null, "Host: expected localhost, as this server has no keys. Received " + given + ".");
    }
}
