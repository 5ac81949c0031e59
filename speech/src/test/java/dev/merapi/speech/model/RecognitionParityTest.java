package dev.merapi.speech.model;

import dev.merapi.speech.Goldens;
import dev.merapi.speech.data.Alphabet;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Task;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Recognisers compute what PyTorch does, and their weights get the same gradients: {@code recognition_goldens.py}. */
class RecognitionParityTest {
    private static final double TOLERANCE = 1e-4;
    private static final int BANDS = 12;
    private static final Alphabet ALPHABET = new Alphabet(List.of(" ", "a", "b", "c"));
    private static final Goldens GOLDENS = Goldens.open("recognition");

    private static CtcModel ctc(String name) {
        return GOLDENS.load(name + "/param.", switch (name) {
            case "deep_speech" -> new DeepSpeech2(new DeepSpeech2.Config(BANDS, 5, 4, 6, 2, List.of(3, 1), 0, 0));
            case "lookahead" -> new DeepSpeech2(new DeepSpeech2.Config(BANDS, 5, 4, 6, 2, List.of(3, 1), 0, 4));
            default -> new Conformer(new Conformer.Config(BANDS, 5, 8, 2, 2, 5, 0));
        });
    }

    private static SpeechBatch batch() {
        return new SpeechBatch(GOLDENS.tensor("x"), GOLDENS.tensor("lengths"), GOLDENS.tensor("y"),
                GOLDENS.tensor("text_lengths"), List.of("ab", "c ba"));
    }

    @ParameterizedTest @ValueSource(strings = {"deep_speech", "lookahead", "conformer"})
    void ctcNetworksAreAsInPyTorch(String name) {
        long before = Scope.live();
        try (var _ = Scope.open(); var model = ctc(name)) {
            model.train();
            var batch = batch();
            var output = model.forward(batch.x(), batch.lengths());
            assertReal(GOLDENS.tensor(name + "/scores"), output.scores(), output.lengths(), name);
        }
        try (var _ = Scope.open(); var model = ctc(name)) {
            model.train();
            assertLearns(name, new CtcTask(model, ALPHABET));
        }
        assertTrue(Scope.live() <= before, "tensors are left");
    }

    /** Where recordings are: what lies behind their ends counts nowhere. */
    private static void assertReal(Tensor expected, Tensor actual, Tensor lengths, String name) {
        Tensor real = SpeechBatch.within(lengths, actual.size(1)).transpose(1, 2);
        Goldens.assertClose(expected.mul(real), actual.mul(real), TOLERANCE, name);
    }

    private static void assertLearns(String name, Task<SpeechBatch> task) {
        Tensor loss = task.forward(batch()).loss();
        assertEquals(GOLDENS.tensor(name + "/loss").item(), loss.item(), TOLERANCE, name);
        loss.backward();
        task.model().params().forEach((path, weight) -> Goldens.assertClose(
                GOLDENS.tensor(name + "/grad." + path), weight.grad(), TOLERANCE, name + " " + path));
    }

    @Test void listenAttendAndSpellIsAsInPyTorch() {
        long before = Scope.live();
        var config = new LasConfig(BANDS, 5, 6, 2, 8, 7, 0, 0, 0.3);
        try (var _ = Scope.open(); var model = GOLDENS.load("las/param.", new ListenAttendSpell(config))) {
            var batch = batch();
            var heard = model.listen(batch.x(), batch.lengths());
            assertReal(GOLDENS.tensor("las/scores"), model.ctc(heard).scores(), heard.lengths(), "listener");
            var at = model.begin(heard);
            Tensor symbols = GOLDENS.tensor("las/symbols"); // (B, S + 1, classes)
            for (int s = 0; s < symbols.size(1); s++) {
                Tensor written = s == 0 ? batch.y().newZeros(batch.size()) : batch.y().select(1, s - 1);
                at = model.step(written, at, heard);
                Goldens.assertClose(symbols.select(1, s).contiguous(), model.scores(at), TOLERANCE, "symbol " + s);
            }
            assertLearns("las", new LasTask(model, ALPHABET));
        }
        assertTrue(Scope.live() <= before, "tensors are left");
    }
}
