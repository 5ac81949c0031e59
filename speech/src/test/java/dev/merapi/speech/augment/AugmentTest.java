package dev.merapi.speech.augment;

import dev.merapi.speech.TestSignal;
import dev.merapi.speech.audio.Audio;
import dev.merapi.speech.feature.Stft;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class AugmentTest {
    private static Audio tone(double hertz) {
        var samples = new float[8000];
        for (int t = 0; t < samples.length; t++) samples[t] = (float) (0.5 * Math.sin(2 * Math.PI * hertz * t / 8000));
        return Audio.of(samples, 8000);
    }

    /** The loudest frequency. */
    private static double pitch(Audio audio) {
        try (var _ = Scope.open()) {
            Tensor power = Stft.power(Tensor.of(audio.samples()).rfft(0));
            return (double) power.argmax(0).itemLong() * audio.rate() / audio.length();
        }
    }

    @Test void speedChangesLengthAndPitch() {
        var fast = new SpeedChange(1.25, 1.25).apply(tone(400), new SplittableRandom(1));
        assertEquals(0.8, fast.seconds(), 1e-3);
        assertEquals(500, pitch(fast), 3);
    }

    @Test void stretchingLeavesThePitch() {
        var slow = new TimeStretch(0.8, 0.8).apply(tone(400), new SplittableRandom(1));
        assertEquals(1.25, slow.seconds(), 1e-3);
        assertEquals(400, pitch(slow), 3);
    }

    /** Of {@code src/test/python/feature_goldens.py}. */
    @Test void theVocoderIsLibrosas() {
        try (var _ = Scope.open()) {
            Tensor spectra = new Stft(1024, 1024, 256).forward(Tensor.of(TestSignal.samples(2400, 16_000)));
            Tensor slow = TimeStretch.vocode(spectra, 0.8);
            Tensor some = slow.indexSelect(0, Tensor.of(LongStream.range(0, 33).map(i -> 16 * i).toArray()));
            TestSignal.assertGolden("vocoded_abs", Stft.power(some).sqrt(), 2e-3);
        }
    }

    @Test void pitchChangesAlone() {
        var high = new PitchShift(12, 12).apply(tone(400), new SplittableRandom(1));
        assertEquals(1, high.seconds(), 1e-9);
        assertEquals(800, pitch(high), 5);
    }

    @Test void noiseHasItsRatio() {
        var clean = tone(400);
        for (var noise : List.of(AddNoise.white(10, 10), new AddNoise(List.of(tone(777).slice(0, 0.3)), 10, 10))) {
            var noisy = noise.apply(clean, new SplittableRandom(1));
            double signal = 0, added = 0;
            for (int t = 0; t < clean.length(); t++) {
                signal += Math.pow(clean.samples()[t], 2);
                added += Math.pow(noisy.samples()[t] - clean.samples()[t], 2);
            }
            assertEquals(10, 10 * Math.log10(signal / added), 0.01);
        }
        var silence = Audio.of(new float[100], 8000);
        assertEquals(0, AddNoise.white(10, 10).apply(silence, new SplittableRandom(1)).peak());
        assertEquals("AddNoise: expected noises that can be heard. Received silence.",
                assertThrows(IllegalArgumentException.class, () -> new AddNoise(List.of(silence), 0, 1)).getMessage());
    }

    @Test void aRoomEchoes() {
        var click = new float[4000];
        click[100] = 1;
        float[] heard = new Reverb(0.2, 0.2, 0.5).apply(Audio.of(click, 8000), new SplittableRandom(1)).samples();
        double before = 0, early = 0, late = 0, all = 0;
        for (int t = 0; t < heard.length; t++) {
            double energy = heard[t] * heard[t];
            all += energy;
            if (t < 100) before += energy;
            else if (t > 100 && t < 900) early += energy;
            else if (t >= 900) late += energy;
        }
        assertEquals(0, before, 1e-9);
        assertEquals(1, all, 1e-4); // as loud as it was
        assertTrue(early > 100 * late, early + " and " + late);
        assertEquals(0.5, (early + late) / Math.pow(heard[100], 2), 1e-3);
    }

    @Test void convolutionIsBySum() {
        assertArrayEquals(new float[] {1, 4, 7}, Reverb.convolve(new float[] {1, 2, 3}, new float[] {1, 2, 0}), 1e-5f);
    }

    @Test void holesAreCutIntoBandsAndTimes() {
        try (var _ = Scope.open()) {
            Tensor ones = Tensor.ones(20, 50);
            var random = new SplittableRandom(3);
            int bands = 0, frames = 0;
            for (int i = 0; i < 20; i++) {
                Tensor holes = SpecAugment.of(20).apply(ones, random);
                int gone = (int) holes.sum(1).eq(0).sum().itemLong();
                int silent = (int) holes.sum(0).eq(0).sum().itemLong();
                assertEquals((20 - gone) * (50 - silent), holes.sum().item()); // nothing else is cut
                assertTrue(gone <= 12 && silent <= 20, gone + " and " + silent);
                bands = Math.max(bands, gone);
                frames = Math.max(frames, silent);
            }
            assertTrue(bands > 6 && frames > 10, bands + " and " + frames);
            assertEquals(1000, ones.sum().item());
        }
    }

    @Test void chancesAreKept() {
        var louder = (AudioTransform) (audio, _) -> Audio.of(new float[] {2 * audio.samples()[0]}, 1);
        var random = new SplittableRandom(5);
        int changed = 0;
        for (int i = 0; i < 1000; i++) {
            if (louder.sometimes(0.3).apply(Audio.of(new float[] {1}, 1), random).peak() == 2) changed++;
        }
        assertEquals(300, changed, 60);
        assertEquals(4, AudioTransform.all(louder, louder).apply(Audio.of(new float[] {1}, 1), random).peak());
    }
}
