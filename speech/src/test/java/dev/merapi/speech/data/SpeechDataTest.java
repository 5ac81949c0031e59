package dev.merapi.speech.data;

import dev.merapi.speech.TestSignal;
import dev.merapi.speech.audio.Audio;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SpeechDataTest {
    @TempDir Path folder;

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private static String shown(SpeechSet set, Path folder) {
        return String.join("\n", set.utterances().stream().map(u -> folder.relativize(u.audio()) + " | " + u.text()
                + " | " + u.seconds() + " | " + u.speaker()).toList()).replace('\\', '/');
    }

    @Test void tablesAreRead() throws IOException {
        Path csv = write("a.csv", "path,text,duration,speaker\nx/1.wav,\"hello, you\",1.5,ann\n2.wav,bye,,\n");
        assertEquals("x/1.wav | hello, you | 1.5 | ann\n2.wav | bye | 0.0 | ", shown(Manifest.read(csv), folder));
        Path json = write("a.jsonl", "{\"path\": \"1.wav\", \"text\": \"hello\", \"duration\": 2}\n");
        assertEquals("1.wav | hello | 2.0 | ", shown(SpeechFolder.read(json, BadClip.FAIL), folder));
        Path bad = write("b.csv", "path,text,duration\n1.wav,a,long\n");
        assertEquals(bad + ", duration of 1.wav: expected seconds. Received \"long\".",
                assertThrows(IllegalArgumentException.class, () -> Manifest.read(bad)).getMessage());
    }

    @Test void aTableThatWasWrittenIsRead() {
        var set = new SpeechSet(List.of(new Utterance(folder.resolve("1.wav"), "it's \"one\"", 1.25, "ann"),
                new Utterance(folder.resolve("2.wav"), "two", 0, "")), List.of());
        Path table = folder.resolve("t.jsonl");
        Manifest.write(set, table);
        assertEquals(shown(set, folder), shown(Manifest.read(table), folder));
    }

    @Test void librispeechIsRead() throws IOException {
        write("84/121123/84-121123.trans.txt", "84-121123-0000 GO DO YOU HEAR\n84-121123-0001 BUT IN LESS\n");
        write("84/121123/84-121123-0000.flac", "");
        var error = assertThrows(IllegalArgumentException.class, () -> SpeechFolder.read(folder, BadClip.FAIL));
        assertTrue(error.getMessage().contains("84-121123-0001.flac. Received no such file."), error.getMessage());
        var set = SpeechFolder.read(folder, BadClip.SKIP);
        assertEquals("84/121123/84-121123-0000.flac | go do you hear | 0.0 | 84", shown(set, folder));
        assertEquals(1, set.skipped().size());
    }

    @Test void ljSpeechIsRead() throws IOException {
        write("metadata.csv", "LJ001-0001|Printing, in 1450,|Printing, in fourteen fifty,\n");
        write("wavs/LJ001-0001.wav", "");
        assertEquals("wavs/LJ001-0001.wav | Printing, in fourteen fifty, | 0.0 | lj",
                shown(SpeechFolder.read(folder, BadClip.FAIL), folder));
    }

    @Test void commonVoiceIsRead() throws IOException {
        write("train.tsv", "client_id\tpath\tsentence\tup_votes\nab12\tx.mp3\tGood morning\t2\n");
        write("test.tsv", "client_id\tpath\tsentence\ncd34\ty.mp3\tGood night\n");
        assertEquals("clips/x.mp3 | Good morning | 0.0 | ab12",
                shown(SpeechFolder.read(folder, BadClip.FAIL), folder));
        assertEquals("clips/y.mp3 | Good night | 0.0 | cd34",
                shown(SpeechFolder.part(folder, "test", BadClip.FAIL).orElseThrow(), folder));
    }

    @Test void speechCommandsAreRead() throws IOException {
        write("yes/0a7c_nohash_0.wav", "");
        write("no/0a7c_nohash_0.wav", "");
        write("_background_noise_/pink.wav", "");
        assertEquals("no/0a7c_nohash_0.wav | no | 0.0 | 0a7c\nyes/0a7c_nohash_0.wav | yes | 0.0 | 0a7c",
                shown(SpeechFolder.read(folder, BadClip.FAIL), folder));
    }

    @Test void anotherFolderIsRefused() throws IOException {
        write("readme.md", "");
        assertEquals(folder + ": expected a table, or a folder as of LibriSpeech, Common Voice, LJ Speech or Speech"
                + " Commands. Received a folder with readme.md.", assertThrows(IllegalArgumentException.class,
                        () -> SpeechFolder.read(folder, BadClip.FAIL)).getMessage());
    }

    @Test void promptsOfAnExchangeAreRead() throws IOException {
        Path list = write("sounds.txt", "; notes\nbeep: [a beep]\npress: Press 1 or 21 (twice)\ngone: Gone\n");
        write("en/press.wav", "");
        var set = Prompts.read(list, folder.resolve("en"));
        assertEquals("en/press.wav | Press one or twenty one | 0.0 | en", shown(set, folder));
        assertEquals(2, set.skipped().size());
    }

    @Test void figuresAreSpelt() {
        assertEquals("zero, seventeen, forty two, one hundred five, two thousand one, zero zero seven",
                Numerals.spell("0, 17, 42, 105, 2001, 007"));
    }

    @Test void recordingsThatCannotBeUsedAreNamedOrCounted() throws IOException {
        TestSignal.audio(4000, 8000).write(folder.resolve("good.wav"));
        Audio.of(new float[800], 8000).write(folder.resolve("silent.wav"));
        Audio.of(new float[0], 8000).write(folder.resolve("empty.wav"));
        byte[] whole = Files.readAllBytes(folder.resolve("good.wav"));
        Files.write(folder.resolve("cut.wav"), Arrays.copyOf(whole, whole.length / 2));
        var set = new SpeechSet(Stream.of("good", "silent", "empty", "cut", "missing")
                .map(name -> new Utterance(folder.resolve(name + ".wav"), "a", 0, "")).toList(), List.of());
        var kept = set.measured(BadClip.SKIP);
        assertEquals("good.wav | a | 0.5 | ", shown(kept, folder));
        assertEquals(4, kept.skipped().size());
        assertEquals(folder.resolve("silent.wav") + ": Audio: expected sound. Received silence: every sample is 0.",
                kept.skipped().get(0));
        assertTrue(kept.skipped().get(2).contains("expected 8000 bytes of samples, as the header says"),
                kept.skipped().get(2));
        assertEquals(kept.skipped().get(0),
                assertThrows(IllegalArgumentException.class, () -> set.measured(BadClip.FAIL)).getMessage());
        var none = new SpeechSet(set.utterances().subList(1, 2), List.of());
        assertEquals("SpeechSet: expected at least one usable recording. Received none of 1, the first because: "
                + kept.skipped().get(0) + ".", assertThrows(IllegalArgumentException.class,
                        () -> none.measured(BadClip.SKIP)).getMessage());
    }

    @Test void textsAreMadePlain() {
        assertEquals("it's five o'clock somewhere else", Alphabet.plain(" It’s five  o'clock — somewhere, (else)! "));
        var alphabet = Alphabet.of(Stream.of("ba", "a c"));
        assertEquals(List.of(" ", "a", "b", "c"), alphabet.symbols());
        assertEquals("cab a", alphabet.decode(alphabet.encode("cab a")));
        assertEquals(1, alphabet.space());
    }
}
