package dev.merapi.cli;

import dev.merapi.data.SampleException;
import java.io.UncheckedIOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** Entry point of the {@code merapi} command. */
@Command(name = "merapi", mixinStandardHelpOptions = true, scope = ScopeType.INHERIT, versionProvider = Version.class,
        description = "Deep learning on the JVM.",
        subcommands = {TrainCommand.class, ResumeCommand.class, EvalCommand.class, PredictCommand.class,
            GenerateCommand.class, ChatCommand.class, SummaryCommand.class, ListCommand.class, InfoCommand.class},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done",
            "1:failed: files that cannot be read or written, downloads, training that diverged",
            "2:wrong arguments or settings, or a file with something else in it",
            "130:interrupted by Ctrl-C; a checkpoint was saved",
            "143:ended by another program; a checkpoint was saved"})
public final class Main implements Runnable {
    static final int INTERRUPTED = 130;

    @Option(names = "--stacktrace", scope = ScopeType.INHERIT, description = "Show where an error came from.")
    private boolean stacktrace;

    @Spec private CommandSpec spec;

    Main() {}

    /** Runs a command and ends the process: 0 where all went well, 2 for a mistake in the call. */
    public static void main(String[] args) {
        System.setProperty("slf4j.internal.verbosity", "ERROR"); // libraries bring it, and nothing listens to it
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        var line = new CommandLine(new Main());
        FieldCommand.addAll(line);
        return line.setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((e, command, _) -> report(e, command));
    }

    /** Without a subcommand, shows the help. */
    @Override public void run() { spec.commandLine().usage(spec.commandLine().getOut()); }

    /**
     * Says what is wrong in one line.
     *
     * @return the exit code: an {@link IllegalArgumentException} is the user's to mend
     */
    static int report(Exception e, CommandLine command) { return report("", e, command); }

    /** @param where in the input it happened, such as a line; may be empty */
    static int report(String where, Exception e, CommandLine command) {
        command.getErr().println(command.getColorScheme().errorText("merapi " + command.getCommandName() + ": "
                + (where.isEmpty() ? "" : where + ": ") + message(e)));
        Main main = command.getCommandSpec().root().commandLine().getCommand();
        if (main.stacktrace) e.printStackTrace(command.getErr());
        Throwable why = e instanceof SampleException && e.getCause() != null ? e.getCause() : e;
        return why instanceof IllegalArgumentException ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
    }

    private static String message(Exception e) {
        if (e instanceof UncheckedIOException && e.getCause() != null && e.getMessage() != null
                && e.getMessage().equals(e.getCause().toString())) {
            return e.getCause().getMessage();
        }
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }
}
