package dev.merapi.paramserver;

import dev.merapi.recipe.Command;
import dev.merapi.recipe.Describe;
import dev.merapi.tensor.Device;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** {@code merapi parameter-server}: serves until it is ended. */
public final class ServerCommand implements Command<ServerCommand.Settings> {
    public record Settings(
            @Describe("this machine's address, as the others reach it") String host,
            @Describe("where it listens; 0 for any that is free") int port,
            @Describe("other servers, such as a:5701,b:5701") String peers,
            @Describe("copies of each row on other servers") int backups,
            @Describe("seconds after which a row that nobody uses is forgotten; 0 for never") int keep) { }

    @Override public String name() { return "parameter-server"; }

    @Override public String description() { return "Keep the rows of embeddings for workers, until Ctrl-C."; }

    @Override public String arguments() { return ""; }

    @Override public Settings defaults() { return new Settings("127.0.0.1", 5701, "", 1, 0); }

    @Override public void run(List<String> arguments, Settings settings, Device device, Answers out) {
        var peers = settings.peers.isBlank() ? new String[0] : settings.peers.split(",");
        var grid = Grid.serve(Grid.Options.DEFAULT.at(settings.host, settings.port).peers(peers)
                .backups(settings.backups).keep(Duration.ofSeconds(settings.keep)));
        Runtime.getRuntime().addShutdownHook(new Thread(grid::close, "merapi-server")); // its rows go to the others
        out.answer("parameter server", new Answer(grid.address() + ", " + grid.servers() + " of them",
                Map.of("address", grid.address(), "servers", grid.servers())));
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            grid.close();
        }
    }
}
