package dev.merapi.protect.federated;

import dev.merapi.data.BatchSource;
import dev.merapi.train.Task;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A federation in one process, by the code that runs over the network: clients take turns on this thread, so that
 * hundreds may share one model and its memory, and a run repeats to the bit.
 *
 * <pre>{@code
 * var parts = Partition.dirichlet(labels, 100, 0.3, 1337);
 * var task = Classification.of(model, 10);
 * var clients = new ArrayList<FederatedClient<Batch>>();
 * for (int[] part : parts) {
 *     var own = Loader.of(data.subset(part), 32).shuffle(1337).workers(0);
 *     clients.add(new FederatedClient<>("client-" + clients.size(), task, own, null));
 * }
 * var rounds = new FederatedSimulation<>(task, test, FederatedOptions.DEFAULT, clients).run(IO::println);
 * }</pre>
 *
 * @param <B> batches of the task
 */
public final class FederatedSimulation<B> {
    private final FederatedServer<B> server;

    /**
     * @param task whose model holds the first weights, and in the end the last
     * @param test what the server measures on, or null
     */
    public FederatedSimulation(Task<B> task, BatchSource<B> test, FederatedOptions options,
            List<FederatedClient<B>> clients) {
        this(task, test, options, clients, null);
    }

    /** @param folder where the state is kept after each round, from which another run goes on; or null */
    public FederatedSimulation(Task<B> task, BatchSource<B> test, FederatedOptions options,
            List<FederatedClient<B>> clients, Path folder) {
        var peers = clients.stream().<Peer>map(Local::new).toList();
        server = new FederatedServer<>(task, test, options, folder, (least, _) -> {
            if (peers.size() >= least) return peers;
            throw new IllegalStateException("Federation: expected at least " + least + " clients. Received "
                    + peers.size());
        });
    }

    /**
     * Runs the rounds.
     *
     * @param listener hears of each
     */
    public List<RoundReport> run(Consumer<RoundReport> listener) { return server.run(listener); }

    /** A client in this process. What it is sent goes through the form that it has on the wire. */
    private static final class Local implements Peer {
        private final FederatedClient<?> client;
        private long sent;
        private long received;

        Local(FederatedClient<?> client) { this.client = client; }

        @Override public String name() { return client.name(); }

        @Override public CompletableFuture<Message> ask(Message message) {
            byte[] there = message.encode();
            byte[] back = client.answer(Message.decode(there)).encode();
            sent += there.length;
            received += back.length;
            return CompletableFuture.completedFuture(Message.decode(back));
        }

        @Override public long sent() { return sent; }

        @Override public long received() { return received; }
    }
}
