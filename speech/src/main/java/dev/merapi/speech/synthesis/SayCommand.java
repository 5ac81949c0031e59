package dev.merapi.speech.synthesis;

import dev.merapi.recipe.Command;
import dev.merapi.recipe.Describe;
import dev.merapi.speech.audio.Audio;
import dev.merapi.speech.feature.SpectrogramPlot;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code merapi say}: says a text into a file. */
public final class SayCommand implements Command<SayCommand.Config> {
    /** Settings. */
    public record Config(
            @Describe("run of the recipe vocoder, of the same speaker; empty for Griffin and Lim's algorithm")
            String vocoder,
            @Describe("1 as it was learnt, 2 for twice as fast") double speed,
            @Describe("PNG or SVG file for a picture of its spectrogram; empty for none") String picture,
            @Describe("recording of the same text, whose spectrogram is put above in the picture") String beside) {
        public Config {
            Expect.positive("speed", speed);
            Expect.that(beside.isEmpty() || !picture.isEmpty(), "picture", "a file, as there is a recording beside",
                    "none");
        }
    }

    /** For programs. */
    private record Said(String file, double seconds) {}

    @Override public String name() { return "say"; }

    @Override public String description() { return "Say a text into a WAV file."; }

    @Override public String arguments() { return "<run> <text> <file.wav>"; }

    @Override public Config defaults() { return new Config("", 1, "", ""); }

    @Override public void run(List<String> arguments, Config settings, Device device, Answers out) {
        Expect.that(arguments.size() == 3, "say", "a run, a text and a file", arguments);
        try (var voice = Synthesizer.open(Path.of(arguments.getFirst()), device)) {
            String text = arguments.get(1);
            Path file = Path.of(arguments.get(2));
            if (settings.vocoder.isEmpty()) {
                out.answer(text, () -> answer(voice, settings, text, file));
                return;
            }
            try (var vocoder = Vocoder.open(Path.of(settings.vocoder))) {
                out.answer(text, () -> answer(voice.vocoder(vocoder), settings, text, file));
            }
        }
    }

    private static Answer answer(Synthesizer voice, Config settings, String text, Path file) {
        Audio said = voice.speed(settings.speed).predict(text);
        said.write(file);
        if (!settings.picture.isEmpty()) {
            var clips = new ArrayList<>(List.of(said));
            var names = new ArrayList<>(List.of(file.getFileName().toString()));
            if (!settings.beside.isEmpty()) {
                Path recording = Path.of(settings.beside);
                clips.addFirst(Audio.read(recording, said.rate()));
                names.addFirst(recording.getFileName().toString());
            }
            SpectrogramPlot.of(clips, names).write(Path.of(settings.picture));
        }
        return new Answer("%s, %.2f s".formatted(file, said.seconds()), new Said(file.toString(), said.seconds()));
    }
}
