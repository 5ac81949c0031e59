package dev.merapi.paramserver;

import com.hazelcast.client.HazelcastClient;
import com.hazelcast.client.config.ClientConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.MapConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Servers that share the rows of tables among them, as one of them or as a client (Hazelcast inside). Each row is on
 * one server and, unless switched off, on another as a backup: what was acknowledged outlives the loss of a server.
 *
 * <pre>{@code
 * try (var grid = Grid.serve(Grid.Options.DEFAULT)) {                // in this process, for one machine
 *     var users = grid.table("users", 16, RowOptimizer.adaGrad(0.05));
 *     Tensor rows = users.pull(new long[] {7, 99});                  // (2, 16)
 *     users.push(new long[] {7, 99}, gradients);
 * }
 * }</pre>
 *
 * Connections are not encrypted: for a network whose machines trust each other.
 */
public final class Grid implements AutoCloseable {
    private static final Logger LOGGER = Logger.getLogger("com.hazelcast"); // held, so that its level stays
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    static final String TABLES = "merapi.table.";

    private final HazelcastInstance instance;
    private final boolean serves;

    private Grid(HazelcastInstance instance, boolean serves) {
        this.instance = instance;
        this.serves = serves;
    }

    /**
     * A server's settings.
     *
     * @param host that it listens at, as the others reach it
     * @param port 0 for any that is free from 5701 on
     * @param peers other servers, such as {@code node-a:5701}; those that are there already are enough
     * @param backups copies of each row on other servers, from 0
     * @param keep how long a row that nobody pulls or pushes is kept; zero for ever
     */
    public record Options(String host, int port, List<String> peers, int backups, Duration keep) {
        /** Alone on this machine until others come; a backup of each row; rows are kept for ever. */
        public static final Options DEFAULT = new Options("127.0.0.1", 0, List.of(), 1, Duration.ZERO);

        public Options {
            peers = List.copyOf(peers);
            if (port < 0 || port > 65_535 || backups < 0 || backups > 6 || keep.isNegative()
                    || !keep.isZero() && keep.toSeconds() < 1) {
                throw new IllegalArgumentException("Grid: expected a port from 0 to 65535, 0 to 6 backups, and rows to"
                        + " be kept for at least 1 s, or 0 for ever. Received port " + port + ", " + backups
                        + " backups, " + keep);
            }
        }

        /** The same at another address. */
        public Options at(String host, int port) { return new Options(host, port, peers, backups, keep); }

        /** The same with other servers. */
        public Options peers(String... addresses) {
            return new Options(host, port, List.of(addresses), backups, keep);
        }

        /** The same with another number of copies. */
        public Options backups(int copies) { return new Options(host, port, peers, copies, keep); }

        /** The same that forgets rows which were not used for so long. */
        public Options keep(Duration unused) { return new Options(host, port, peers, backups, unused); }
    }

    /**
     * Becomes a server, and joins the others.
     *
     * @throws IllegalArgumentException if the port is in use
     */
    public static Grid serve(Options options) {
        LOGGER.setLevel(Level.SEVERE);
        var config = new Config("merapi-" + ProcessHandle.current().pid() + "-" + System.nanoTime());
        config.setClusterName("merapi");
        settings().forEach(setting -> config.setProperty(setting[0], setting[1]));
        var network = config.getNetworkConfig();
        network.setPublicAddress(options.port == 0 ? null : options.host + ":" + options.port);
        network.setPort(options.port == 0 ? 5701 : options.port).setPortAutoIncrement(options.port == 0)
                .setPortCount(1000);
        network.getInterfaces().setEnabled(true).addInterface(options.host);
        var join = network.getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(true);
        options.peers.forEach(join.getTcpIpConfig()::addMember);
        Wire.register(config.getSerializationConfig());
        config.addMapConfig(new MapConfig(TABLES + "*").setInMemoryFormat(InMemoryFormat.OBJECT)
                .setBackupCount(options.backups).setMaxIdleSeconds((int) options.keep.toSeconds()));
        try {
            return new Grid(Hazelcast.newHazelcastInstance(config), true);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("Grid: could not serve at " + options.host + ":" + options.port + ": "
                    + reason(e), e);
        }
    }

    /**
     * Comes as a client; the servers' losses and arrivals are then followed.
     *
     * @param servers some of them, such as {@code node-a:5701}
     * @throws IllegalStateException if none answers within 2 minutes
     */
    public static Grid connect(String... servers) { return connect(PATIENCE, servers); }

    /** As {@link #connect(String...)}, with another time to wait. */
    public static Grid connect(Duration patience, String... servers) {
        LOGGER.setLevel(Level.SEVERE);
        var config = new ClientConfig();
        config.setClusterName("merapi");
        settings().forEach(setting -> config.setProperty(setting[0], setting[1]));
        config.setProperty("hazelcast.client.invocation.timeout.seconds", "" + Math.max(1, patience.toSeconds()));
        config.getNetworkConfig().addAddress(servers).setRedoOperation(true); // a push that comes again is noticed
        config.getConnectionStrategyConfig().getConnectionRetryConfig().setClusterConnectTimeoutMillis(
                patience.toMillis()).setInitialBackoffMillis(200).setMaxBackoffMillis(2000);
        Wire.register(config.getSerializationConfig());
        try {
            return new Grid(HazelcastClient.newHazelcastClient(config), false);
        } catch (RuntimeException e) {
            throw new IllegalStateException("Grid: expected a server at " + String.join(", ", servers) + " within "
                    + patience.toMillis() / 1000.0 + " s. None answered: " + reason(e), e);
        }
    }

    private static List<String[]> settings() {
        return List.of(new String[] {"hazelcast.phone.home.enabled", "false"},
                new String[] {"hazelcast.logging.type", "jdk"}, new String[] {"hazelcast.partition.count", "31"},
                new String[] {"hazelcast.shutdownhook.enabled", "false"},
                new String[] {"hazelcast.heartbeat.interval.seconds", "1"},
                new String[] {"hazelcast.max.no.heartbeat.seconds", "15"});
    }

    private static String reason(RuntimeException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.getClass().getSimpleName());
    }

    /** A server's own address, as {@code host:port}. */
    public String address() {
        if (!serves) throw new IllegalStateException("Grid.address: expected a server. Received a client.");
        var address = instance.getCluster().getLocalMember().getAddress();
        return address.getHost() + ":" + address.getPort();
    }

    /** How many servers there are. */
    public int servers() { return instance.getCluster().getMembers().size(); }

    /** As {@link #table(String, int, RowOptimizer, RowInit)}, rows beginning as normal numbers of deviation 0.01. */
    public EmbeddingTable table(String name, int dim, RowOptimizer optimizer) {
        return table(name, dim, optimizer, new RowInit(0.01, 1));
    }

    /**
     * A table, whose rows come into being when they are first pushed to. All who use it name the same settings.
     *
     * @param dim numbers in a row
     * @param optimizer applies gradients, on the servers
     * @param init what rows begin with
     * @throws IllegalArgumentException if there is a table of this name with other settings
     */
    public EmbeddingTable table(String name, int dim, RowOptimizer optimizer, RowInit init) {
        if (dim < 1) throw new IllegalArgumentException("Grid.table: expected rows of at least 1 number. Received "
                + dim);
        String settings = dim + " numbers, " + init + ", moments of " + optimizer.getClass().getSimpleName();
        String known = instance.<String, String>getMap("merapi.tables").putIfAbsent(name, settings);
        if (known != null && !known.equals(settings)) {
            throw new IllegalArgumentException("Grid.table: expected the settings that the table " + name + " has, "
                    + known + ". Received " + settings);
        }
        return new EmbeddingTable(instance, name, dim, optimizer, init);
    }

    /**
     * A place where workers wait for one another.
     *
     * @param worker this one's number, from 0
     * @param workers how many there are
     * @param staleness steps that one may be ahead of the slowest; 0 keeps all in step
     */
    public Pace pace(String name, int worker, int workers, long staleness) {
        return new Pace(instance.getMap("merapi.pace." + name), worker, workers, staleness, PATIENCE);
    }

    /** Ends without a word to the others, as a machine does that loses its power. */
    void crash() { instance.getLifecycleService().terminate(); }

    /** Leaves; a server gives its rows to the others first. */
    @Override public void close() { instance.shutdown(); }
}
