package dev.merapi.cli;

import dev.merapi.recipe.Command;
import dev.merapi.recipe.Describe;
import dev.merapi.tensor.Device;
import java.util.List;
import java.util.Locale;

/** A command of a field module. */
public final class Shout implements Command<Shout.Config> {
    public record Config(@Describe("how often each word is said") int times) {}

    private record Shouted(String loud, int times) {}

    @Override public String name() { return "shout"; }

    @Override public String description() { return "Say words loudly."; }

    @Override public String arguments() { return "<word>..."; }

    @Override public Config defaults() { return new Config(1); }

    @Override public void run(List<String> arguments, Config settings, Device device, Answers out) {
        if (arguments.isEmpty()) throw new IllegalArgumentException("<word>: expected one at least. Received none.");
        for (String word : arguments) out.answer(word, () -> answer(word, settings));
    }

    private static Answer answer(String word, Config settings) {
        if (word.length() > 5) throw new IllegalArgumentException(word + ": expected five letters at most.");
        String loud = word.toUpperCase(Locale.ROOT);
        return new Answer((loud + "!").repeat(settings.times), new Shouted(loud, settings.times));
    }
}
