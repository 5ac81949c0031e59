package dev.merapi.cli;

import dev.merapi.recipe.Command;
import dev.merapi.recipe.Settings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A command that a field module provides, such as {@code merapi detect}. */
final class FieldCommand<C extends Record> implements Callable<Integer>, Command.Answers {
    private static final String SETTING = "[a-z][a-z0-9_.]*=.*"; // a file named so is ./a=b.png

    private final Command<C> command;

    @Parameters(index = "0..*", paramLabel = "<argument>", hidden = true)
    private List<String> arguments = List.of();

    @Option(names = "--json", description = "Write an object for each input: input, and answer or error.")
    private boolean json;

    @Mixin private DeviceOption device;

    @Spec private CommandSpec spec;

    private int code = ExitCode.OK;

    private FieldCommand(Command<C> command) { this.command = command; }

    /** Adds those of all modules. */
    static void addAll(CommandLine merapi) {
        ServiceLoader.load(Command.class).stream().<Command<?>>map(ServiceLoader.Provider::get)
                .sorted(Comparator.comparing(Command::name)).forEach(command -> add(merapi, command));
    }

    private static <C extends Record> void add(CommandLine merapi, Command<C> command) {
        var line = new CommandLine(new FieldCommand<>(command));
        line.getCommandSpec().name(command.name());
        var usage = line.getCommandSpec().usageMessage();
        usage.description(command.description());
        usage.customSynopsis("merapi " + command.name() + " [--json] [--device=<device>] " + command.arguments()
                + " [key=value...]");
        var settings = new ArrayList<>(List.of("", "Settings:"));
        for (var setting : Settings.list(command.defaults())) {
            settings.add("  %s=%s  %s".formatted(setting.key(), setting.value(), setting.description()));
        }
        usage.footer(settings.toArray(String[]::new));
        merapi.addSubcommand(command.name(), line);
    }

    @Override public Integer call() {
        var given = arguments.stream().filter(argument -> argument.matches(SETTING)).toArray(String[]::new);
        var settings = Settings.bind(command.defaults(), Settings.override(Map.of(), given), command.name());
        command.run(arguments.stream().filter(argument -> !argument.matches(SETTING)).toList(), settings, device.get(),
                this);
        return code;
    }

    @Override public void answer(String input, Command.Answer answer) {
        print(json ? object(input, "answer", answer.values()) : input + ": " + answer.words());
    }

    @Override public void failed(String input, RuntimeException error) {
        code = Main.report(error, spec.commandLine());
        if (json) print(object(input, "error", error.getMessage()));
    }

    private static String object(String input, String key, Object value) {
        var object = new LinkedHashMap<String, Object>(); // in this order
        object.put("input", input);
        object.put(key, value);
        return Json.line(object);
    }

    private void print(String line) {
        spec.commandLine().getOut().println(line);
        spec.commandLine().getOut().flush();
    }
}
