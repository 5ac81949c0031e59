package dev.merapi.speech.model;

import dev.merapi.speech.TestSignal;
import dev.merapi.speech.data.Alphabet;
import dev.merapi.speech.decode.DecodeOptions;
import dev.merapi.tensor.Rng;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SpeechModelTest {
    private static final int BANDS = 12;
    private static final Alphabet ALPHABET = new Alphabet(List.of(" ", "a", "b", "c"));

    private static CtcModel ctc(String name) {
        Torch.seed(1);
        return switch (name) {
            case "deepspeech" -> new DeepSpeech2(new DeepSpeech2.Config(BANDS, 5, 4, 6, 2, List.of(2, 2), 0, 0));
            case "lookahead" -> new DeepSpeech2(new DeepSpeech2.Config(BANDS, 5, 4, 6, 2, List.of(3, 1), 0, 4));
            default -> new Conformer(new Conformer.Config(BANDS, 5, 8, 2, 2, 5, 0));
        };
    }

    private static ListenAttendSpell las(double ctc) {
        Torch.seed(1);
        return new ListenAttendSpell(new LasConfig(BANDS, 5, 6, 2, 8, 7, 0, 0.5, ctc));
    }

    /** Of 21 and 40 frames. */
    private static SpeechBatch batch() {
        var rng = new Rng(3);
        return SpeechBatch.of(List.of(
                new SpeechBatch.Sample(Tensor.randn(rng, BANDS, 21), ALPHABET.encode("ab"), "ab"),
                new SpeechBatch.Sample(Tensor.randn(rng, BANDS, 40), ALPHABET.encode("c ba"), "c ba")));
    }

    @Test void batchesAreFilledUp() {
        try (var _ = Scope.open()) {
            var batch = batch();
            assertArrayEquals(new long[] {2, BANDS, 40}, batch.x().shape());
            assertArrayEquals(new long[] {21, 40}, batch.lengths().toLongs());
            assertArrayEquals(new long[] {2, 3, 0, 0, 4, 1, 3, 2}, batch.y().toLongs());
            assertArrayEquals(new long[] {2, 4}, batch.textLengths().toLongs());
            assertEquals(0, batch.x().select(0, 0).narrow(1, 21, 19).abs().sum().item());
        }
    }

    /** What a recording says does not depend on what lies beside it. */
    @ParameterizedTest @ValueSource(strings = {"deepspeech", "lookahead", "conformer"})
    void aPaddedRecordingIsHeardAsAlone(String name) {
        long before = Scope.live();
        try (var _ = Scope.open(); var model = ctc(name)) {
            model.eval();
            var batch = batch();
            var both = model.forward(batch.x(), batch.lengths());
            var alone = model.forward(batch.x().narrow(0, 0, 1).narrow(2, 0, 21), Tensor.of(new long[] {21}));
            assertArrayEquals(new long[] {model.frames(21), model.frames(40)}, both.lengths().toLongs());
            assertEquals(model.frames(21), alone.scores().size(1));
            TestSignal.assertClose(alone.scores().toFloats(),
                    both.scores().narrow(0, 0, 1).narrow(1, 0, model.frames(21)).toFloats(), 1e-5);
        }
        assertTrue(Scope.live() <= before, "tensors are left");
    }

    /** Whatever the pieces, the scores are those of the whole. */
    @ParameterizedTest @ValueSource(ints = {1, 2, 7, 40, 100})
    void aStreamHearsWhatTheWholeSays(int piece) {
        long before = Scope.live();
        try (var _ = Scope.open(); var model = (DeepSpeech2) ctc("lookahead")) {
            model.forward(batch().x(), batch().lengths()); // moves the statistics of batch norm
            model.eval();
            for (int frames : new int[] {1, 5, 32, 95}) {
                Tensor x = Tensor.randn(new Rng(frames), BANDS, frames);
                var whole = model.forward(x.unsqueeze(0), Tensor.of(new long[] {frames})).scores().squeeze(0);
                var heard = new ArrayList<Tensor>();
                try (var stream = model.stream()) {
                    for (int at = 0; at < frames; at += piece) {
                        heard.add(stream.hear(x.narrow(1, at, Math.min(piece, frames - at))));
                    }
                    heard.add(stream.end());
                    assertThrows(IllegalStateException.class, () -> stream.hear(x));
                }
                TestSignal.assertClose(whole.toFloats(), Tensor.cat(heard, 0).toFloats(), 1e-5);
            }
            try (var stream = model.stream()) {
                assertEquals(0, stream.end().size(0));
            }
        }
        assertTrue(Scope.live() <= before, "tensors are left");
    }

    @Test void whatReadsBackwardsDoesNotStream() {
        try (var model = (DeepSpeech2) ctc("deepspeech")) {
            var error = assertThrows(IllegalArgumentException.class, model::stream);
            assertTrue(error.getMessage().startsWith("DeepSpeech2.stream: expected a lookahead from 1. Received 0"),
                    error.getMessage());
        }
    }

    @Test void aPaddedRecordingIsListenedToAndSpelledAsAlone() {
        try (var _ = Scope.open(); var model = las(0.3)) {
            model.eval();
            var batch = batch();
            var both = model.listen(batch.x(), batch.lengths());
            var alone = model.listen(batch.x().narrow(0, 0, 1).narrow(2, 0, 21), Tensor.of(new long[] {21}));
            TestSignal.assertClose(alone.h().toFloats(), both.one(0).h().toFloats(), 1e-5);
            var decoder = new LasDecoder(model, ALPHABET, DecodeOptions.of(1));
            assertEquals(decoder.greedy(alone).getFirst().text(), decoder.greedy(both).getFirst().text());
        }
    }

    @Test void aBeamOf1IsGreedyAndAWideOneIsNoWorse() {
        try (var _ = Scope.open(); var model = las(0)) {
            model.eval();
            var batch = batch();
            var heard = model.listen(batch.x(), batch.lengths()).one(1);
            var greedy = new LasDecoder(model, ALPHABET, DecodeOptions.of(1)).greedy(heard).getFirst();
            var one = new LasDecoder(model, ALPHABET, DecodeOptions.of(1)).search(heard).getFirst();
            assertEquals(greedy.text(), one.text());
            assertEquals(greedy.acoustic(), one.acoustic(), 1e-4);
            var wide = new LasDecoder(model, ALPHABET, DecodeOptions.of(20)).search(heard);
            assertTrue(wide.getFirst().score() >= greedy.score() - 1e-6);
            assertEquals(wide.size(), Stream.of(wide.toArray()).distinct().count());
        }
    }

    @ParameterizedTest @ValueSource(strings = {"deepspeech", "lookahead", "conformer", "las"})
    void everyWeightLearns(String name) {
        try (var _ = Scope.open()) {
            Task<SpeechBatch> task = name.equals("las") ? new LasTask(las(0.3), ALPHABET)
                    : new CtcTask(ctc(name), ALPHABET);
            Torch.seed(5);
            task.forward(batch()).loss().backward();
            task.model().params().forEach((path, weight) -> {
                assertTrue(weight.grad() != null, path + " has no gradient");
                assertTrue(weight.grad().isFinite().all().itemBoolean(), path);
                boolean silent = path.contains("key.bias"); // moves all scores of a query alike
                assertTrue(silent || weight.grad().abs().sum().item() > 0, path + " learns nothing");
            });
            task.model().close();
        }
    }

    @Test void aTextTooLongForItsFramesCountsNothing() {
        try (var _ = Scope.open(); var model = ctc("deepspeech")) {
            var task = new CtcTask(model, ALPHABET);
            var rng = new Rng(3);
            var batch = SpeechBatch.of(List.of(new SpeechBatch.Sample(Tensor.randn(rng, BANDS, 8),
                    ALPHABET.encode("abcabc"), "abcabc"), new SpeechBatch.Sample(Tensor.randn(rng, BANDS, 8),
                    ALPHABET.encode("a"), "a")));
            assertTrue(Double.isFinite(task.forward(batch).loss().item()));
        }
    }

    /** Row i of the scores by distance, of T − 1 down to 1 − T, holds that of key j at place T − 1 − i + j. */
    @Test void distancesStandAtTheirKeys() {
        try (var _ = Scope.open()) {
            int frames = 4;
            Tensor byDistance = Tensor.randn(new Rng(1), 2, 3, frames, 2 * frames - 1);
            float[] all = byDistance.toFloats();
            float[] shifted = RelativeAttention.shifted(byDistance, frames).toFloats();
            for (int h = 0; h < 6; h++) {
                for (int i = 0; i < frames; i++) {
                    for (int j = 0; j < frames; j++) {
                        assertEquals(all[(h * frames + i) * (2 * frames - 1) + frames - 1 - i + j],
                                shifted[(h * frames + i) * frames + j]);
                    }
                }
            }
        }
    }

    @Test void whatDoesNotFitIsNamed() {
        try (var _ = Scope.open(); var model = ctc("deepspeech")) {
            var error = assertThrows(IllegalArgumentException.class,
                    () -> model.forward(Tensor.zeros(1, 3, 9), Tensor.of(new long[] {9})));
            assertTrue(error.getMessage().startsWith("DeepSpeech2: expected features (B, 12, T). Received "),
                    error.getMessage());
        }
        assertEquals("Conformer.kernel: expected an odd number. Received 4.",
                assertThrows(IllegalArgumentException.class,
                        () -> new Conformer.Config(BANDS, 5, 8, 2, 2, 4, 0)).getMessage());
        assertEquals("LasConfig.pyramid: expected 1 to 4. Received 5.",
                assertThrows(IllegalArgumentException.class,
                        () -> new LasConfig(BANDS, 5, 6, 5, 8, 7, 0, 0, 0)).getMessage());
    }
}
