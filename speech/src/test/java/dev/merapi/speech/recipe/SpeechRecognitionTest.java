package dev.merapi.speech.recipe;

import dev.merapi.recipe.Command;
import dev.merapi.recipe.Predictor;
import dev.merapi.recipe.Recipes;
import dev.merapi.speech.audio.Audio;
import dev.merapi.speech.audio.AudioStream;
import dev.merapi.speech.pipeline.ListenCommand;
import dev.merapi.speech.pipeline.SpeechProcessor;
import dev.merapi.speech.pipeline.SpeechRecognizer;
import dev.merapi.speech.pipeline.Subtitles;
import dev.merapi.speech.pipeline.TranscribeCommand;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Torch;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The whole way from recordings to texts, in a language of whistles. */
class SpeechRecognitionTest {
    @TempDir static Path folder;

    private static Path run;

    private static String[] settings(String... more) {
        var all = new ArrayList<>(List.of("data=" + folder.resolve("whistles.jsonl"), "rate=" + Whistles.RATE,
                "mels=16", "hidden=32", "layers=1", "epochs=12", "batch_seconds=6", "learning_rate=5e-3", "beam=4",
                "lm_order=2", "test_fraction=0.2", "augment=false", "dropout=0"));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    @BeforeAll static void train() {
        Whistles.write(folder, 80);
        run = folder.resolve("run");
        try (var job = Recipes.named("speech-recognition").job(settings())) {
            var fitted = job.fit(run);
            assertTrue(fitted.best("cer") < 0.05, "cer " + fitted.best("cer"));
            var values = job.evaluate();
            assertTrue(values.get("wer_beam") < 0.1 && values.containsKey("cer_beam"), values.toString());
        }
    }

    private static Audio words(String text) { return Whistles.say(text, new SplittableRandom(99)); }

    @Test void aRunIsAskedForWhatWasSaid() {
        long before = Scope.live();
        try (var model = Predictor.open(run)) {
            var file = folder.resolve("said.wav");
            words("cab ba").write(file);
            assertEquals("cab ba", model.ask(file.toString(), 1));
        }
        assertTrue(Scope.live() <= before, "tensors are left");
    }

    /** What the model sees in training is what it sees in use, to the bit. */
    @Test void trainingAndUsePrepareAlike() throws IOException {
        var processor = SpeechProcessor.load(run);
        try (var job = (SpeechJob) Recipes.named("speech-recognition").job(settings());
                var test = job.test(); var batches = test.iterator()) {
            var batch = batches.next();
            String first = batch.texts().getFirst();
            try (var _ = Scope.open()) {
                long frames = batch.lengths().toLongs()[0];
                float[] seen = batch.x().select(0, 0).narrow(1, 0, frames).toFloats();
                boolean found = false;
                for (int i = 0; i < 80 && !found; i++) {
                    var clip = Audio.read(folder.resolve(i + ".wav"));
                    found = Arrays.equals(seen, processor.of(clip).toFloats());
                }
                assertTrue(found, "no recording gives what training saw of \"" + first + "\"");
            }
        }
    }

    /** Another rate and two channels are brought to what was learnt. */
    @Test void anotherRateIsHeardToo() {
        var said = words("bac");
        var stereo = Audio.of(new float[][] {said.resample(16_000).samples(), said.resample(16_000).samples()},
                16_000);
        try (var model = SpeechRecognizer.open(run)) {
            assertEquals("bac", model.predict(stereo).text());
            assertEquals(List.of("bac", "ab ba"), model.predict(List.of(stereo, words("ab ba"))).stream()
                    .map(t -> t.text()).toList());
            assertEquals("SpeechRecognizer: expected sound. Received none.",
                    assertThrows(IllegalArgumentException.class,
                            () -> model.predict(Audio.of(new float[0], 4000))).getMessage());
            assertEquals("", model.transcribe(AudioStream.of(Audio.of(new float[4000], 4000))).text());
        }
    }

    @Test void longSoundIsHeardFromPauseToPause() {
        var parts = new ArrayList<float[]>();
        for (int i = 0; i < 3; i++) {
            parts.add(words(i == 1 ? "cab" : "ab ba").samples());
            parts.add(new float[40 * Whistles.RATE]); // beyond the block of a minute
        }
        float[] all = new float[parts.stream().mapToInt(p -> p.length).sum()];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        try (var model = SpeechRecognizer.open(run)) {
            var said = model.transcribe(AudioStream.of(Audio.of(all, Whistles.RATE)));
            assertEquals("ab ba cab ab ba", said.text());
            assertEquals(3, said.segments().size());
            double second = 40 + words("ab ba").seconds();
            var segment = said.segments().get(1);
            assertEquals(second, segment.start(), 0.2);
            assertEquals("cab", segment.words().getFirst().text());
            assertEquals(second + 0.06, segment.words().getFirst().start(), 0.25);
            assertTrue(Subtitles.SRT.of(said).startsWith("1\n00:00:00,"), Subtitles.SRT.of(said));
            assertTrue(Subtitles.VTT.of(said).startsWith("WEBVTT\n\n00:00:00."), Subtitles.VTT.of(said));
        }
    }

    private static final class Heard implements Command.Answers {
        final List<String> lines = new ArrayList<>();

        @Override public void answer(String input, Command.Answer answer) { lines.add(answer.words()); }

        @Override public void failed(String input, RuntimeException error) { lines.add("! " + error.getMessage()); }
    }

    @Test void theCommandWritesTextsAndSubtitles() throws IOException {
        Path file = folder.resolve("command.wav");
        words("ba cab").write(file);
        Path broken = Files.writeString(folder.resolve("broken.wav"), "RIFF");
        var heard = new Heard();
        new TranscribeCommand().run(List.of(run.toString(), file.toString(), broken.toString()),
                new TranscribeCommand().defaults(), Device.CPU, heard);
        assertEquals("ba cab", heard.lines.get(0));
        assertTrue(heard.lines.get(1).startsWith("! " + broken + ": expected a sound file."), heard.lines.get(1));
        new TranscribeCommand().run(List.of(run.toString(), file.toString()),
                new TranscribeCommand.Config(TranscribeCommand.Form.SRT, "", 0), Device.CPU, heard);
        String srt = Files.readString(folder.resolve("command.srt"));
        assertTrue(srt.endsWith("\nba cab\n\n"), srt);
    }

    private static List<String> listen(Path run, Audio sound, ListenCommand.Config settings) throws IOException {
        Path file = folder.resolve("pipe.wav");
        sound.write(file);
        var in = System.in;
        var heard = new Heard();
        try {
            System.setIn(new ByteArrayInputStream(Files.readAllBytes(file)));
            new ListenCommand().run(List.of(run.toString(), "-"), settings, Device.CPU, heard);
        } finally {
            System.setIn(in);
        }
        return heard.lines;
    }

    /** One text at its first second, the other at its fifth. */
    private static Audio twoTurns(String first, String second) {
        var parts = new float[8 * Whistles.RATE];
        System.arraycopy(words(first).samples(), 0, parts, Whistles.RATE, words(first).length());
        System.arraycopy(words(second).samples(), 0, parts, 5 * Whistles.RATE, words(second).length());
        return Audio.of(parts, Whistles.RATE);
    }

    @Test void aPipeIsListenedTo() throws IOException {
        assertEquals(List.of("ab", "bac"), listen(run, twoTurns("ab", "bac"), new ListenCommand().defaults()));
    }

    /** By a network that reads forwards alone and looks ahead. */
    @Test void wordsAreWrittenWhileTheyAreSaid() throws IOException {
        Path live = folder.resolve("live");
        try (var job = Recipes.named("speech-recognition").job(settings("lookahead=8", "lm_order=0", "beam=1",
                "epochs=20"))) {
            var fitted = job.fit(live);
            assertTrue(fitted.best("cer") < 0.1, "cer " + fitted.best("cer"));
        }
        var clip = words("cab ba ab");
        try (var model = SpeechRecognizer.open(live)) {
            String whole = model.predict(clip).text();
            var texts = new ArrayList<String>();
            try (var text = model.live()) {
                for (int at = 0; at < clip.length(); at += 123) {
                    texts.add(text.hear(Arrays.copyOfRange(clip.samples(), at, Math.min(at + 123, clip.length()))));
                }
                assertEquals(whole, text.end());
            }
            assertTrue(texts.stream().allMatch(whole::startsWith), texts.toString());
            assertTrue(texts.stream().anyMatch(text -> text.startsWith(whole.substring(0, 3))), texts.toString());
        }
        var sound = twoTurns("cab ba", "bac");
        var usual = new ListenCommand().defaults();
        var once = listen(live, sound, new ListenCommand.Config(usual.pause(), usual.silence(), 0, false));
        var soon = listen(live, sound, usual);
        assertEquals(2, once.size());
        assertTrue(soon.size() > 2, soon.toString());
        assertEquals(String.join(" ", once), String.join(" ", soon));
        try (var model = SpeechRecognizer.open(run)) {
            var error = assertThrows(IllegalArgumentException.class, model::live);
            assertTrue(error.getMessage().endsWith("train model=ctc with lookahead=16."), error.getMessage());
        }
    }

    @Test void recordingsThatCannotBeLearntAreNamedOrLeftOut() throws IOException {
        Path bad = Files.createDirectories(folder.resolve("bad"));
        Path table = Whistles.write(bad, 12);
        Files.writeString(table, Files.readString(table).replaceFirst("\"text\":\"[a-c ]+\"",
                "\"text\":\"" + "abc".repeat(60) + "\""));
        var job = Recipes.named("speech-recognition");
        var error = assertThrows(IllegalArgumentException.class, () -> job.job(settings("data=" + table)).close());
        assertTrue(error.getMessage().contains(": expected at least 180 frames for the 180 symbols of its text."),
                error.getMessage());
        try (var skipping = job.job(settings("data=" + table, "on_error=skip"))) {
            try (var train = skipping.train(); var test = skipping.test()) {
                assertTrue(train.length().orElse(0) > 0 && test.length().orElse(0) > 0);
            }
        }
        assertEquals("data: expected a table with path and text, or a folder of a corpus. Received none; add"
                + " data=<path>.", assertThrows(IllegalArgumentException.class,
                        () -> job.job("epochs=1").close()).getMessage());
    }

    @Test void otherNetworksLearnToo() {
        for (String network : List.of("las", "conformer")) {
            Torch.seed(1);
            try (var job = Recipes.named("speech-recognition").job(settings("model=" + network, "hidden=8",
                    "epochs=2"))) {
                double first = job.evaluate().get("loss");
                job.fit();
                assertTrue(job.evaluate().get("loss") < first, network);
            }
        }
    }

    @Test void lasIsAskedByBeamsWithCtcAndWords() {
        try (var job = Recipes.named("speech-recognition").job(settings("model=las", "hidden=8", "ctc_weight=0.4",
                "lm_weight=0.7", "word_bonus=2")); var model = (SpeechRecognizer) job.predictor()) {
            var options = model.options();
            assertEquals(List.of(4, 0.4, 0.7, 2.0), List.of(options.beam(), options.ctc(), options.weight(),
                    options.bonus()));
            assertEquals(2, options.model().order());
        }
        assertEquals("speech-recognition: ctc_weight: expected 0.3 without model=las. Received 0.5.",
                assertThrows(IllegalArgumentException.class, () -> Recipes.named("speech-recognition")
                        .job(settings("ctc_weight=0.5")).close()).getMessage());
    }
}
