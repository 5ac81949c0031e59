package dev.merapi.speech.wav2vec;

import dev.merapi.io.JsonFile;
import dev.merapi.tensor.Expect;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The letters of a head's classes, from {@code vocab.json}: {@code |} stands between words.
 *
 * @param letters by class
 * @param blank the class of no letter
 */
record CtcLetters(List<String> letters, int blank) {
    static CtcLetters read(Path folder, Wav2VecConfig config) {
        Path file = folder.resolve("vocab.json");
        var letters = new String[config.vocabSize()];
        for (var entry : JsonFile.object(file).properties()) {
            int id = entry.getValue().asInt(-1);
            Expect.that(id >= 0 && id < letters.length, file.toString(), "ids from 0 to " + (letters.length - 1),
                    entry.getKey() + ": " + entry.getValue());
            letters[id] = entry.getKey();
        }
        return new CtcLetters(Collections.unmodifiableList(Arrays.asList(letters)), config.padTokenId());
    }

    /** The text of the likeliest class of each frame: repeats are one letter, unless a blank stands between. */
    String text(long... classes) {
        var text = new StringBuilder();
        long before = blank;
        for (long now : classes) {
            String letter = letters.get((int) now);
            boolean written = now != before && now != blank && letter != null && !isSpecial(letter);
            if (written) text.append(letter.equals("|") ? " " : letter);
            before = now;
        }
        return text.toString().replaceAll(" +", " ").strip();
    }

    private static boolean isSpecial(String letter) { return letter.matches("<.+>|\\[.+\\]"); }
}
