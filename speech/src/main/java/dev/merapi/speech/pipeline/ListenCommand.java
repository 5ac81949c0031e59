package dev.merapi.speech.pipeline;

import dev.merapi.recipe.Command;
import dev.merapi.recipe.Describe;
import dev.merapi.speech.audio.AudioStream;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import java.nio.file.Path;
import java.util.List;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.TargetDataLine;

/** {@code merapi listen}: writes down what is said to the microphone, or comes by a pipe, at each pause. */
public final class ListenCommand implements Command<ListenCommand.Config> {
    /** Settings. */
    public record Config(
            @Describe("seconds of silence that end what is said") double pause,
            @Describe("decibels below the full scale that count as silence") double silence,
            @Describe("seconds to listen; 0 until it is stopped") double seconds) {
        public Config {
            Expect.positive("pause", pause);
            Expect.that(silence < 0, "silence", "decibels below 0", silence);
            Expect.atLeast("seconds", 0, seconds);
        }
    }

    @Override public String name() { return "listen"; }

    @Override public String description() { return "Write down what is said to the microphone, or comes by a pipe."; }

    @Override public String arguments() { return "<run> [-]"; }

    @Override public Config defaults() { return new Config(0.6, -45, 0); }

    @Override public void run(List<String> arguments, Config settings, Device device, Answers out) {
        boolean pipe = arguments.size() == 2 && arguments.get(1).equals("-");
        Expect.that(arguments.size() == 1 || pipe, "listen", "a run, and - for WAV from a pipe", arguments);
        try (var recognizer = SpeechRecognizer.open(Path.of(arguments.getFirst()), device);
                var sound = pipe ? AudioStream.ofWav(System.in, "standard input")
                        : microphone(recognizer.processor().rate())) {
            var turns = new Turns(sound.mono().resample(recognizer.processor().rate()), settings.pause(),
                    settings.silence(), settings.seconds());
            for (var turn = turns.next(); turn != null; turn = turns.next()) {
                var said = recognizer.predict(turn.audio()).later(turn.start());
                if (!said.text().isEmpty()) out.answer("%.1f s".formatted(turn.start()), new Answer(said.text(), said));
            }
        }
    }

    private static AudioStream microphone(int rate) {
        var format = new AudioFormat(rate, 16, 1, true, false);
        try {
            var line = (TargetDataLine) AudioSystem.getLine(new DataLine.Info(TargetDataLine.class, format));
            line.open(format);
            line.start();
            return AudioStream.ofPcm16(new AudioInputStream(line), rate, "microphone");
        } catch (LineUnavailableException | IllegalArgumentException e) {
            throw new IllegalArgumentException("listen: expected a microphone. Received none (" + e.getMessage()
                    + "). Give WAV by a pipe: … | merapi listen <run> -", e);
        }
    }
}
