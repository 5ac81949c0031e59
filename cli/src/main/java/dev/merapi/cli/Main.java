package dev.merapi.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Entry point of the {@code merapi} command. */
@Command(name = "merapi", mixinStandardHelpOptions = true, versionProvider = Version.class,
        description = "Deep learning on the JVM.")
public final class Main implements Runnable {
    private Main() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }

    /** Without a subcommand, shows the help. */
    @Override public void run() { CommandLine.usage(this, System.out); }
}
