package dev.merapi.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code merapi chat}. */
@Command(name = "chat", description = "Talk with a model, a line for each message; an empty line ends it.")
final class ChatCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "<run>", description = "The folder of a run, or of a model.")
    private Path run;

    @Parameters(index = "1..*", paramLabel = "key=value",
            description = "How to choose the words, and how to open the model.")
    private List<String> settings = List.of();

    @Mixin private DeviceOption device;

    @Spec private CommandSpec spec;

    @Override public Integer call() throws IOException {
        var lines = new TypedLines();
        var out = spec.commandLine().getOut();
        var messages = new ArrayList<String>();
        int code = ExitCode.OK;
        try (var writing = Writing.open(run, settings, device.get())) {
            if (!writing.writer().converses()) {
                throw new IllegalArgumentException(run + ": expected a model with a chat template. Received one"
                        + " without; let it go on with a text by merapi generate.");
            }
            for (String line = lines.next(); line != null && !line.isBlank(); line = lines.next()) {
                messages.add(line);
                var answer = new StringBuilder();
                try {
                    writing.reply(messages, Writing.to(out).andThen(answer::append));
                    messages.add(answer.toString());
                } catch (IllegalArgumentException e) { // a message that is too long, say: the next may do
                    code = Main.report(e, spec.commandLine());
                    messages.removeLast();
                }
                out.println();
                out.flush();
            }
        }
        return code;
    }
}
