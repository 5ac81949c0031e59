package dev.merapi.speech.recipe;

import dev.merapi.speech.audio.Audio;
import dev.merapi.speech.data.Manifest;
import dev.merapi.speech.data.SpeechSet;
import dev.merapi.speech.data.Utterance;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A language of whistles: each letter a tone of its own, a space a pause. It is learnt in seconds. */
final class Whistles {
    static final int RATE = 4000;
    private static final String[] WORDS = {"ab", "ba", "cab", "bac"};

    private Whistles() {}

    static Audio say(String text, SplittableRandom random) {
        int tone = RATE / 10;
        var samples = new float[tone * (text.length() + 1)];
        for (int i = 0; i < text.length(); i++) {
            double hertz = text.charAt(i) == ' ' ? 0 : 400 + 450 * (text.charAt(i) - 'a');
            for (int t = 0; t < tone; t++) {
                double shape = Math.sin(Math.PI * t / tone);
                samples[i * tone + t + tone / 2] = (float) (0.4 * shape * Math.sin(2 * Math.PI * hertz * t / RATE));
            }
        }
        for (int t = 0; t < samples.length; t++) samples[t] += (float) (0.002 * random.nextGaussian());
        return Audio.of(samples, RATE);
    }

    static String text(SplittableRandom random) {
        var words = new ArrayList<String>();
        for (int i = random.nextInt(2); i < 2; i++) words.add(WORDS[random.nextInt(WORDS.length)]);
        return String.join(" ", words);
    }

    /** A table of recordings in a folder. */
    static Path write(Path folder, int count) {
        var random = new SplittableRandom(7);
        var all = new ArrayList<Utterance>();
        for (int i = 0; i < count; i++) {
            String text = text(random);
            Path file = folder.resolve(i + ".wav");
            say(text, random).write(file);
            all.add(new Utterance(file, text, 0, ""));
        }
        Path table = folder.resolve("whistles.jsonl");
        Manifest.write(new SpeechSet(all, List.of()), table);
        return table;
    }
}
