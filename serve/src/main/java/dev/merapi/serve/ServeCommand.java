package dev.merapi.serve;

import dev.merapi.recipe.Command;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** {@code merapi serve}: trained models behind HTTP, until the process is told to end. */
public final class ServeCommand implements Command<ServeConfig> {
    @Override public String name() { return "serve"; }

    @Override public String description() { return "Answer requests over HTTP, and on a web page, by trained models."; }

    @Override public String arguments() { return "<run or model folder>..."; }

    @Override public ServeConfig defaults() { return ServeConfig.DEFAULT; }

    @Override public void run(List<String> arguments, ServeConfig settings, Device device, Answers out) {
        Expect.that(!arguments.isEmpty(), "serve", "at least one folder of a run or a model", "none");
        var server = InferenceServer.start(settings, arguments.stream().map(Path::of).toList(), device);
        await(server, settings, out);
    }

    /** Says where a server is, and waits until the process is told to end. */
    static void await(InferenceServer server, ServeConfig settings, Answers out) {
        var hook = Thread.ofPlatform().name("drain").unstarted(server::close);
        Runtime.getRuntime().addShutdownHook(hook);
        String address = (settings.tls().isEmpty() ? "http://" : "https://") + settings.host() + ":" + server.port();
        out.answer(address, new Answer(server.models().isEmpty() ? "open it in a browser; Ctrl-C ends it"
                : String.join(", ", server.models()), Map.of("models", server.models())));
        server.await();
    }
}
