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

/**
 * {@code merapi listen}: writes down what is said to the microphone, or comes by a pipe: at each pause, or word by word
 * by a recogniser that can be {@link SpeechRecognizer#live}.
 */
public final class ListenCommand implements Command<ListenCommand.Config> {
    /** Settings. */
    public record Config(
            @Describe("seconds of silence that end what is said") double pause,
            @Describe("decibels below the full scale that count as silence") double silence,
            @Describe("seconds to listen; 0 until it is stopped") double seconds,
            @Describe("whether words come as they are said, read greedily, where the network can; else at pauses")
            boolean live) {
        public Config {
            Expect.positive("pause", pause);
            Expect.that(silence < 0, "silence", "decibels below 0", silence);
            Expect.atLeast("seconds", 0, seconds);
        }
    }

    /** For programs: words, and the seconds since the beginning when they were written. */
    private record Words(double time, String text) {}

    @Override public String name() { return "listen"; }

    @Override public String description() { return "Write down what is said to the microphone, or comes by a pipe."; }

    @Override public String arguments() { return "<run> [-]"; }

    @Override public Config defaults() { return new Config(0.6, -45, 0, true); }

    @Override public void run(List<String> arguments, Config settings, Device device, Answers out) {
        boolean pipe = arguments.size() == 2 && arguments.get(1).equals("-");
        Expect.that(arguments.size() == 1 || pipe, "listen", "a run, and - for WAV from a pipe", arguments);
        try (var recognizer = SpeechRecognizer.open(Path.of(arguments.getFirst()), device);
                var sound = pipe ? AudioStream.ofWav(System.in, "standard input")
                        : microphone(recognizer.processor().rate())) {
            var turns = new Turns(sound.mono().resample(recognizer.processor().rate()), settings.pause(),
                    settings.silence(), settings.seconds());
            if (settings.live() && recognizer.isLive()) {
                while (live(recognizer, turns, out)) { }
                return;
            }
            for (var turn = turns.next(); turn != null; turn = turns.next()) {
                var said = recognizer.predict(turn.audio()).later(turn.start());
                if (!said.text().isEmpty()) out.answer("%.1f s".formatted(turn.start()), new Answer(said.text(), said));
            }
        }
    }

    /** Up to the next pause; whether there was one. */
    private static boolean live(SpeechRecognizer recognizer, Turns turns, Answers out) {
        try (var live = recognizer.live()) {
            var given = new int[1]; // letters
            var turn = turns.next(samples -> {
                String text = live.hear(samples);
                give(text.substring(0, Math.max(given[0], text.lastIndexOf(' '))), given, turns, out);
            });
            if (turn == null) return false;
            give(live.end(), given, turns, out);
            return true;
        }
    }

    private static void give(String text, int[] given, Turns turns, Answers out) {
        String words = text.substring(given[0]).strip();
        given[0] = text.length();
        if (words.isEmpty()) return;
        out.answer("%.1f s".formatted(turns.now()), new Answer(words, new Words(turns.now(), words)));
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
