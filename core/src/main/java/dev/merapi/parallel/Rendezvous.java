package dev.merapi.parallel;

import java.time.Duration;
import java.util.Map;

/**
 * Where the ranks of a group meet: rank 0 listens at {@code host:port}, the others come there.
 *
 * @param host of rank 0, as all ranks reach it
 * @param port that rank 0 listens at
 * @param rank this process's number, from 0
 * @param world how many ranks there are
 * @param attempt tells one try from the next, where a group that was broken is made anew at the same place
 * @param timeout how long a rank waits for another, at the beginning and in each call
 */
public record Rendezvous(String host, int port, int rank, int world, String attempt, Duration timeout) {
    /** What {@link #timeout} is unless set. */
    public static final Duration TIMEOUT = Duration.ofMinutes(5);

    public Rendezvous {
        if (world < 1 || rank < 0 || rank >= world) {
            throw new IllegalArgumentException("Rendezvous: expected a rank from 0 to below world. Received rank "
                    + rank + " of " + world);
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("Rendezvous: expected a port from 1 to 65535. Received " + port);
        }
        if (timeout.toMillis() < 1) {
            throw new IllegalArgumentException("Rendezvous: expected a timeout above 0. Received " + timeout);
        }
    }

    /** The first attempt, with {@link #TIMEOUT}. */
    public Rendezvous(String host, int port, int rank, int world) { this(host, port, rank, world, "0", TIMEOUT); }

    /** The same with another time to wait. */
    public Rendezvous timeout(Duration timeout) { return new Rendezvous(host, port, rank, world, attempt, timeout); }

    /** Whether the variables of {@link #ofEnvironment} are there. */
    public static boolean isInEnvironment() { return System.getenv("WORLD_SIZE") != null; }

    /**
     * Reads the variables that launchers set: {@code RANK}, {@code WORLD_SIZE}, {@code MASTER_ADDR} and
     * {@code MASTER_PORT}, as {@code torchrun} does; {@code MERAPI_ATTEMPT} and {@code MERAPI_TIMEOUT}, in seconds, may
     * stand beside them.
     *
     * @throws IllegalArgumentException naming what is missing or no number
     */
    public static Rendezvous ofEnvironment() { return of(System.getenv()); }

    static Rendezvous of(Map<String, String> variables) {
        String attempt = variables.getOrDefault("MERAPI_ATTEMPT", "0");
        var timeout = variables.containsKey("MERAPI_TIMEOUT") ? Duration.ofSeconds(number(variables, "MERAPI_TIMEOUT"))
                : TIMEOUT;
        return new Rendezvous(text(variables, "MASTER_ADDR"), number(variables, "MASTER_PORT"),
                number(variables, "RANK"), number(variables, "WORLD_SIZE"), attempt, timeout);
    }

    /** The variables that {@link #ofEnvironment} reads this from: for a process to be launched. */
    public Map<String, String> toEnvironment() {
        return Map.of("RANK", "" + rank, "WORLD_SIZE", "" + world, "MASTER_ADDR", host, "MASTER_PORT", "" + port,
                "MERAPI_ATTEMPT", attempt, "MERAPI_TIMEOUT", "" + Math.max(1, timeout.toSeconds()));
    }

    private static int number(Map<String, String> variables, String name) {
        String value = text(variables, name);
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("Rendezvous: expected a whole number in the variable " + name
                    + ". Received " + value, e);
        }
    }

    private static String text(Map<String, String> variables, String name) {
        String value = variables.get(name);
        if (value != null && !value.isBlank()) return value;
        throw new IllegalArgumentException("Rendezvous: expected the variables RANK, WORLD_SIZE, MASTER_ADDR and"
                + " MASTER_PORT, as a launcher sets them. Received none named " + name + ".");
    }
}
