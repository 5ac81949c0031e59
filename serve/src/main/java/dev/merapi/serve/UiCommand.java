package dev.merapi.serve;

import dev.merapi.recipe.Command;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import java.nio.file.Path;
import java.util.List;

/** {@code merapi ui}: runs on a web page, beside models if some are named, until the process is told to end. */
public final class UiCommand implements Command<ServeConfig> {
    @Override public String name() { return "ui"; }

    @Override public String description() { return "Show the runs of a folder on a web page, while they train too."; }

    @Override public String arguments() { return "<folder of runs> [<run or model folder>...]"; }

    @Override public ServeConfig defaults() { return ServeConfig.DEFAULT; }

    @Override public void run(List<String> arguments, ServeConfig settings, Device device, Answers out) {
        Expect.that(!arguments.isEmpty(), "ui", "a folder with runs in it, such as runs/", "none");
        var folders = arguments.stream().map(Path::of).toList();
        var server = InferenceServer.start(settings, folders.subList(1, folders.size()), folders.getFirst(), device);
        ServeCommand.await(server, settings, out);
    }
}
