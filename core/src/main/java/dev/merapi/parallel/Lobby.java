package dev.merapi.parallel;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.PrefixStore;
import org.bytedeco.pytorch.Store;
import org.bytedeco.pytorch.StringVector;
import org.bytedeco.pytorch.TCPStore;
import org.bytedeco.pytorch.TCPStoreOptions;

/** The store at the meeting point, and what the ranks tell there of themselves: who is missing can be named by it. */
final class Lobby implements AutoCloseable {
    /** How long one that has lost a connection waits for the others to say where they are. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    /** How long the store may take: it holds small texts. */
    private static final Duration ANSWER = Duration.ofSeconds(20);

    private final Rendezvous at;
    private final TCPStore root;
    private final Store store; // counted, so that it may be shared: what Java makes with new has one owner
    private final List<String> names = new ArrayList<>(); // of processes, by rank
    private boolean gpuEach; // whether each rank has a GPU of its own, and NCCL
    private volatile boolean silent; // did not answer in time

    private Lobby(Rendezvous at, TCPStore root) {
        this.at = at;
        this.root = root;
        store = root.clone();
    }

    /**
     * Opens the meeting point on rank 0, goes there on the others, and waits for all.
     *
     * @throws IllegalArgumentException if the port is in use
     * @throws IllegalStateException naming the ranks that did not come within the timeout
     */
    static Lobby open(Rendezvous at) {
        var lobby = new Lobby(at, connect(at));
        try {
            lobby.arrive();
            return lobby;
        } catch (RuntimeException e) {
            lobby.linger();
            lobby.close();
            throw e;
        }
    }

    private static TCPStore connect(Rendezvous at) {
        try (var options = new TCPStoreOptions(); var limit = new Milliseconds(at.timeout().toMillis())) {
            options.port((short) at.port()).isServer(at.rank() == 0).waitWorkers(false).timeout(limit);
            return new TCPStore(at.host(), options);
        } catch (RuntimeException e) {
            String said = String.valueOf(e.getMessage());
            if (said.contains("EADDRINUSE") || said.contains("in use")) {
                throw new IllegalArgumentException("ProcessGroup: expected a free port for rank 0 to listen at."
                        + " Received " + at.port() + ", which is in use; choose another.", e);
            }
            if (at.rank() == 0) {
                throw new IllegalArgumentException("ProcessGroup: rank 0 could not listen at " + place(at) + ": "
                        + said.lines().findFirst().orElse(""), e);
            }
            throw new IllegalStateException("ProcessGroup: expected rank 0 at " + place(at) + " within "
                    + seconds(at.timeout()) + ". It did not come; is it running, and can this machine reach it?", e);
        }
    }

    private static String place(Rendezvous at) { return at.host() + ":" + at.port(); }

    static String seconds(Duration time) { return time.toMillis() / 1000.0 + " s"; }

    private void arrive() {
        set("gpus/" + at.rank(), Collectives.gpus() + " " + hostName());
        set("here/" + at.rank(), ProcessHandle.current().pid() + " on " + hostName());
        var keys = IntStream.range(0, at.world()).mapToObj(rank -> key("here/" + rank)).toArray(String[]::new);
        try (var all = new StringVector(keys)) {
            store._wait(all);
        } catch (RuntimeException e) {
            throw new IllegalStateException("ProcessGroup: expected " + at.world() + " ranks at " + place(at)
                    + " within " + seconds(at.timeout()) + ". " + missing() + " did not come.", e);
        }
        for (int rank = 0; rank < at.world(); rank++) names.add("rank " + rank + " (process " + get("here/" + rank)
                + ")");
        gpuEach = isGpuEach(IntStream.range(0, at.world()).mapToObj(rank -> get("gpus/" + rank)).toList());
    }

    /** @param gpus of each rank its GPUs and machine, such as "4 east" */
    static boolean isGpuEach(List<String> gpus) {
        return gpus.stream().allMatch(one -> Integer.parseInt(one.substring(0, one.indexOf(' ')))
                >= gpus.stream().filter(one::equals).count());
    }

    /** Whether each rank has a GPU of its own, and all have NCCL: their tensors need not go by the CPU. */
    boolean hasGpuEach() { return gpuEach; }

    private String missing() {
        try {
            return list(IntStream.range(0, at.world()).filter(rank -> !has("here/" + rank))
                    .mapToObj(rank -> "rank " + rank).toList());
        } catch (RuntimeException e) {
            return "One of them, or rank 0, which held the meeting point and is gone,";
        }
    }

    /** A part of the store that nobody else uses; it becomes the property of the one native object it is given to. */
    Store part(String name) { return new PrefixStore(key(name), store); }

    /** A rank and its process, for messages. */
    String name(int rank) { return names.get(rank); }

    /** Tells the others that this rank waits for them in its call number {@code call} of a group. */
    void waiting(String group, long call, String what) {
        set(group + "/at/" + at.rank(), call + " " + what);
    }

    /**
     * Those who have not come to a call, in words. Asked by one that has waited in vain.
     *
     * @param members of the group
     * @return empty if all are there, or nobody can be asked any more
     */
    String absent(String group, long call, String what, List<Integer> members) {
        try {
            waiting(group, call, what);
            long until = System.nanoTime() + GRACE.toNanos();
            var absent = absent(group, call, members);
            while (!absent.isEmpty() && System.nanoTime() < until) {
                LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
                absent = absent(group, call, members);
            }
            return list(absent);
        } catch (RuntimeException e) {
            return at.rank() == 0 ? "" : name(0) + ", which holds the meeting point,";
        }
    }

    private List<String> absent(String group, long call, List<Integer> members) {
        var absent = new ArrayList<String>();
        for (int rank : members) {
            if (rank == at.rank()) continue;
            String last = has(group + "/at/" + rank) ? get(group + "/at/" + rank) : "";
            if (!last.isEmpty() && Long.parseLong(last.substring(0, last.indexOf(' '))) >= call) continue;
            absent.add(name(rank));
        }
        return absent;
    }

    private static String list(List<String> names) {
        if (names.size() < 2) return String.join("", names);
        return names.subList(0, names.size() - 1).stream().collect(Collectors.joining(", ")) + " and "
                + names.getLast();
    }

    private void set(String name, String value) {
        limited(() -> {
            store.set(key(name), value);
            return null;
        });
    }

    private String get(String name) { return limited(() -> store.get_to_str(key(name))); }

    private boolean has(String name) {
        return limited(() -> {
            try (var one = new StringVector(key(name))) {
                return store.check(one);
            }
        });
    }

    /** Asks the store, which waits for ever where the network to rank 0 is cut. */
    private <R> R limited(Supplier<R> question) {
        if (silent) throw new IllegalStateException("the meeting point is silent");
        var answer = new CompletableFuture<R>();
        Thread.ofPlatform().daemon().name("merapi-lobby").start(() -> {
            try {
                answer.complete(question.get());
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        try {
            return answer.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException thrown ? thrown : new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            silent = true;
            throw new IllegalStateException("the meeting point is silent", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private String key(String name) { return at.attempt() + "/" + name; }

    /** This machine's address on the way to rank 0. */
    String localAddress() {
        try (var socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(at.host(), at.port())); // sends nothing
            return socket.getLocalAddress().getHostAddress();
        } catch (IOException e) {
            throw new IllegalStateException("ProcessGroup: no way from here to " + place(at) + ": " + e.getMessage(),
                    e);
        }
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (IOException e) {
            return "a machine without a name";
        }
    }

    /** Lets the others ask who was missing, before the store goes with rank 0. */
    void linger() { if (at.rank() == 0 && at.world() > 1) LockSupport.parkNanos(2 * GRACE.toNanos()); }

    @Override public void close() {
        if (silent) return; // a thread waits in it, and would for ever
        store.close();
        root.close();
    }
}
