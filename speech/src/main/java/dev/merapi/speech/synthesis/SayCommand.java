package dev.merapi.speech.synthesis;

import dev.merapi.recipe.Command;
import dev.merapi.recipe.Describe;
import dev.merapi.speech.audio.Audio;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import java.nio.file.Path;
import java.util.List;

/** {@code merapi say}: says a text into a file. */
public final class SayCommand implements Command<SayCommand.Config> {
    /** Settings. */
    public record Config(
            @Describe("run of the recipe vocoder, of the same speaker; empty for Griffin and Lim's algorithm")
            String vocoder,
            @Describe("1 as it was learnt, 2 for twice as fast") double speed) {
        public Config { Expect.positive("speed", speed); }
    }

    /** For programs. */
    private record Said(String file, double seconds) {}

    @Override public String name() { return "say"; }

    @Override public String description() { return "Say a text into a WAV file."; }

    @Override public String arguments() { return "<run> <text> <file.wav>"; }

    @Override public Config defaults() { return new Config("", 1); }

    @Override public void run(List<String> arguments, Config settings, Device device, Answers out) {
        Expect.that(arguments.size() == 3, "say", "a run, a text and a file", arguments);
        try (var voice = Synthesizer.open(Path.of(arguments.getFirst()), device)) {
            String text = arguments.get(1);
            Path file = Path.of(arguments.get(2));
            if (settings.vocoder.isEmpty()) {
                out.answer(text, () -> answer(voice.speed(settings.speed), text, file));
                return;
            }
            try (var vocoder = Vocoder.open(Path.of(settings.vocoder))) {
                out.answer(text, () -> answer(voice.vocoder(vocoder).speed(settings.speed), text, file));
            }
        }
    }

    private static Answer answer(Synthesizer voice, String text, Path file) {
        Audio said = voice.predict(text);
        said.write(file);
        return new Answer("%s, %.2f s".formatted(file, said.seconds()), new Said(file.toString(), said.seconds()));
    }
}
