package dev.merapi.speech.speaker;

import dev.merapi.recipe.Recipes;
import dev.merapi.speech.Goldens;
import dev.merapi.speech.clip.Tones;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.merapi.speech.Goldens.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** ECAPA-TDNN against what {@code src/test/python/clip_goldens.py} computed, error rates by hand, and tones. */
class SpeakerTest {
    @TempDir Path folder;

    @Test void vectorsAreThoseOfTorch() {
        var goldens = Goldens.open("clips");
        try (var model = goldens.load("ecapa/param.", new EcapaTdnn(20, 16, 6)); var _ = Scope.open();
                var _ = Torch.noGrad()) {
            model.eval();
            assertClose(goldens.tensor("ecapa/y"), model.forward(goldens.tensor("x")), 1e-4, "ecapa");
        }
    }

    @Test void errorRatesByHand() {
        // one of four pairs of one speaker lies below 0.6, and one of four of two speakers above it
        var found = EqualErrorRate.of(new double[] {0.3, 0.6, 0.8, 0.9}, new double[] {0.0, 0.1, 0.2, 0.7});
        assertEquals(0.25, found.rate());
        assertEquals(0.6, found.cosine());
        assertEquals(0, EqualErrorRate.of(new double[] {0.5, 0.9}, new double[] {-0.2, 0.4}).rate());
        assertEquals(0.5, EqualErrorRate.of(new double[] {0.1, 0.2, 0.3, 0.4}, new double[] {0.1, 0.2, 0.3, 0.4})
                .rate(), 0.13);
        assertEquals(1, EqualErrorRate.of(new double[] {0, 0.1}, new double[] {0.5, 0.6}).rate());
    }

    @Test void pairsAreCountedOverBatchesAndRanks() {
        try (var _ = Scope.open()) {
            var whole = new EqualErrorRate();
            var a = new EqualErrorRate();
            var b = new EqualErrorRate();
            Tensor x = Tensor.of(new float[][] {{1, 0}, {2, 0.1f}, {0, 1}, {0.1f, 3}, {1, 0.9f}});
            Tensor y = Tensor.of(new long[] {0, 0, 1, 1, 1});
            whole.update(x, y);
            a.update(x.narrow(0, 0, 2), y.narrow(0, 0, 2));
            b.update(x.narrow(0, 2, 3), y.narrow(0, 2, 3));
            a.merge(b.state());
            assertEquals(whole.threshold(), a.threshold());
            assertTrue(whole.value() > 0 && whole.value() < 0.5, "the last one lies between both");
            a.reset();
            assertTrue(Double.isNaN(a.value()));
        }
    }

    @Test void strangersAreToldApart() throws IOException {
        Tones.write(folder.resolve("data"), 8, "a", "b", "c", "d", "e", "f", "g", "h");
        Path run = folder.resolve("run");
        long before = Scope.live();
        try (var job = Recipes.named("speaker-verification").job("data=" + folder.resolve("data"), "rate=8000",
                "seconds=0.4", "bands=20", "channels=8", "width=16", "epochs=6", "batch_size=16",
                "learning_rate=3e-3", "test_fraction=0.25")) {
            job.fit(run);
            double rate = job.evaluate().get("eer");
            assertTrue(rate < 0.1, () -> "eer " + rate);
        }
        try (var voices = SpeakerEmbedder.open(run)) {
            double same = voices.similarity(Tones.of(450, 1), Tones.of(455, 2));
            double other = voices.similarity(Tones.of(450, 1), Tones.of(1900, 2));
            assertTrue(same > other + 0.05, () -> same + " and " + other);
        }
        assertTrue(Scope.live() <= before);
    }
}
