package dev.merapi.speech.clip;

import dev.merapi.speech.audio.Audio;
import dev.merapi.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SoundFolderTest {
    @TempDir Path root;

    @Test void aSpeakerIsOnOneSide() throws IOException {
        Tones.write(root, 20, "no", "yes");
        Files.createDirectories(root.resolve("_background_noise_"));
        var split = SoundFolder.split(root, 0.3, 1);
        assertEquals(List.of("no", "yes"), split.train().classes());
        assertEquals(40, split.train().files().size() + split.test().files().size());
        var learnt = speakers(split.train());
        var tested = speakers(split.test());
        assertTrue(!learnt.isEmpty() && !tested.isEmpty());
        tested.retainAll(learnt);
        assertEquals(List.of(), List.copyOf(tested));
        assertEquals(split, SoundFolder.split(root, 0.3, 1));
    }

    private static HashSet<String> speakers(SoundFolder of) {
        var all = new HashSet<String>();
        of.files().forEach(file -> all.add(file.getFileName().toString().split("_")[0]));
        return all;
    }

    @Test void theListsOfSpeechCommandsCount() throws IOException {
        Tones.write(root, 4, "no", "yes");
        Files.writeString(root.resolve("testing_list.txt"), "yes/s0_nohash_1.wav\nno/s1_nohash_0.wav\n");
        Files.writeString(root.resolve("validation_list.txt"), "yes/s0_nohash_0.wav\n");
        var split = SoundFolder.split(root, 0.3, 1);
        assertEquals(List.of(0, 1), split.test().labels());
        assertEquals(5, split.train().files().size());
    }

    @Test void othersAreTestedThanLearnt() throws IOException {
        Tones.write(root, 2, "a", "b", "c", "d", "e", "f");
        var split = SoundFolder.openSplit(root, 0.4, 3);
        assertEquals(4, split.train().classes().size());
        assertEquals(2, split.test().classes().size());
        assertTrue(split.test().classes().stream().noneMatch(split.train().classes()::contains));
        assertEquals(4, split.test().files().size());
    }

    @Test void whatIsWrongIsNamed() throws IOException {
        assertMessage("data: expected a folder that exists. Received " + root.resolve("none") + ".",
                root.resolve("none"));
        assertMessage(root + ": expected a folder for each class, with sounds in it. Received none.", root);
        Files.createDirectories(root.resolve("yes"));
        assertTrue(message(root).startsWith(root.resolve("yes") + ": expected sounds (aac, flac,"));
    }

    private static void assertMessage(String expected, Path folder) { assertEquals(expected, message(folder)); }

    private static String message(Path folder) {
        return assertThrows(IllegalArgumentException.class, () -> SoundFolder.split(folder, 0.2, 1)).getMessage();
    }

    /** Short sounds stand in the middle of silence; of long ones the loudest part is heard, however loud. */
    @Test void clipsAreOfOneLength() {
        var processor = new SoundProcessor(8000, 0.5, 20, List.of("a"));
        var samples = new float[12_000];
        for (int t = 7000; t < 9000; t++) samples[t] = (float) Math.sin(t);
        Audio part = processor.fit(Audio.of(samples, 8000));
        assertEquals(4000, part.length());
        double energy = 0, whole = 0;
        for (float sample : part.samples()) energy += sample * sample;
        for (float sample : samples) whole += sample * sample;
        assertEquals(whole, energy, 1e-6 * whole);
        Audio padded = processor.fit(Audio.of(new float[] {1, 1}, 8000));
        assertEquals(1, padded.samples()[1999]);
        assertEquals(0, padded.samples()[1998]);
        try (var _ = Scope.open()) {
            Audio tone = Tones.of(500, 1);
            var quiet = tone.samples().clone();
            for (int t = 0; t < quiet.length; t++) quiet[t] *= 0.1f;
            float[] loud = processor.batch(List.of(tone)).toFloats();
            assertArrayEquals(loud, processor.batch(List.of(Audio.of(quiet, 8000))).toFloats(), 1e-2f);
        }
    }
}
