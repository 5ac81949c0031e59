package dev.merapi.speech.feature;

import dev.merapi.speech.TestSignal;
import dev.merapi.speech.audio.Audio;
import dev.merapi.speech.audio.AudioStream;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Against NumPy: {@code src/test/python/feature_goldens.py}. */
class FeatureTest {
    private static final Audio CLIP = TestSignal.audio(2400, 16_000);

    private long before;
    private Scope scope;

    @BeforeEach void open() {
        before = Scope.live();
        scope = Scope.open();
    }

    @AfterEach void close() {
        scope.close();
        assertTrue(Scope.live() <= before, "tensors are left");
    }

    @Test void spectraAreNumPys() {
        Tensor spectra = new Stft(512, 400, 160).forward(Tensor.of(CLIP.samples())).narrow(-1, 0, 4);
        TestSignal.assertGolden("spectra_real", spectra.real(), 1e-4);
        TestSignal.assertGolden("spectra_imag", spectra.imag(), 1e-4);
    }

    @Test void theInverseGivesTheSamplesBack() {
        var stft = new Stft(512, 400, 160);
        Tensor x = Tensor.of(CLIP.samples());
        TestSignal.assertClose(CLIP.samples(), stft.inverse(stft.forward(x), 2400).toFloats(), 1e-6);
    }

    @Test void whispersBandsAreTheirs() {
        var bands = new LogMel(MelConfig.WHISPER);
        Tensor x = bands.forward(CLIP);
        assertArrayEquals(new long[] {80, bands.frames(2400)}, x.shape());
        TestSignal.assertGolden("whisper", x, 1e-5);
    }

    @Test void slaneysFiltersAreLibrosas() {
        Tensor rows = MelFilters.of(MelConfig.WHISPER).indexSelect(0, Tensor.of(new long[] {0, 40, 79}));
        TestSignal.assertGolden("slaney_filters_rows_0_40_79", rows, 1e-8);
    }

    private static MelConfig htk() {
        return new MelConfig(16_000, 512, 400, 160, 20, 50, 7000, MelScale.HTK, false, MelLog.NATURAL);
    }

    @Test void bandsOnHtksScaleAreNumPys() {
        TestSignal.assertGolden("htk_natural", new LogMel(htk()).forward(CLIP), 1e-4);
    }

    @Test void cepstraAndTheirSlopesAreNumPys() {
        var config = new MelConfig(16_000, 512, 400, 160, 40, 0, 8000, MelScale.HTK, false, MelLog.NONE);
        Tensor cepstra = new Mfcc(config, 13).forward(CLIP);
        TestSignal.assertGolden("mfcc", cepstra, 1e-4 * 100); // of values up to 400
        TestSignal.assertGolden("deltas", new Deltas().forward(cepstra), 1e-4 * 10);
    }

    @Test void gradientsGoThrough() {
        Tensor x = Tensor.of(CLIP.samples()).requiresGrad_(true);
        new LogMel(htk()).forward(x).sum().backward();
        assertTrue(x.grad().isFinite().all().itemBoolean());
        assertTrue(x.grad().abs().sum().item() > 0);
    }

    /** Blocks of a minute are cut where frames are not: 70 s of sound, in two blocks. */
    @Test void blocksAreTheWhole() {
        var audio = TestSignal.audio(70 * 800, 800);
        var bands = new LogMel(MelConfig.of(800).mels(4));
        var blocks = new ArrayList<float[]>();
        bands.forEach(AudioStream.of(audio), block -> blocks.add(block.transpose(0, 1).toFloats()));
        assertEquals(3, blocks.size()); // the last is of the reflected end
        float[] all = new float[blocks.stream().mapToInt(b -> b.length).sum()];
        int at = 0;
        for (float[] block : blocks) {
            System.arraycopy(block, 0, all, at, block.length);
            at += block.length;
        }
        TestSignal.assertClose(bands.forward(audio).transpose(0, 1).toFloats(), all, 1e-4);
    }

    @Test void emphasisIsOfDifferences() {
        assertArrayEquals(new float[] {1, 1.5f, -1}, new PreEmphasis(0.5).forward(Tensor.of(new float[] {1, 2, 0}))
                .toFloats());
    }

    @Test void normalisedFeaturesHaveMean0AndDeviation1() {
        Tensor x = Tensor.of(new float[] {1, 3, 5, 5}, 2, 2);
        assertArrayEquals(new float[] {-1, 1, 0, 0}, Cmvn.each(x).toFloats(), 1e-6f);
        var cmvn = Cmvn.of(Stream.of(x, Tensor.of(new float[] {2, 7}, 2, 1)));
        assertArrayEquals(new float[] {2, 17 / 3f}, cmvn.mean(), 1e-6f);
        assertArrayEquals(new float[] {(float) Math.sqrt(2 / 3.0), (float) Math.sqrt(8 / 9.0)}, cmvn.deviation(),
                1e-6f);
        assertEquals(-1 / Math.sqrt(2 / 3.0), cmvn.forward(x).toFloats()[0], 1e-6);
    }

    @Test void speechIsFoundBetweenSilences() {
        var samples = new float[16_000]; // 2 s: a tone from 0.5 to 1, one from 1.2 to 1.4, and a click
        for (int t = 4000; t < 8000; t++) samples[t] = (float) (0.5 * Math.sin(t));
        for (int t = 9600; t < 11_200; t++) samples[t] = (float) (0.3 * Math.sin(t));
        samples[14_405] = 0.2f;
        var audio = Audio.of(samples, 8000);
        var bridged = VoiceActivity.DEFAULT.find(audio);
        assertEquals(1, bridged.size());
        assertEquals(0.4, bridged.getFirst().start(), 1e-6);
        assertEquals(1.5, bridged.getFirst().end(), 1e-6);
        assertEquals(2, new VoiceActivity(35, -60, 0.1, 0.05, 0.01).find(audio).size());
        assertEquals(1.1, VoiceActivity.DEFAULT.trim(audio).seconds(), 1e-6);
        var silence = Audio.of(new float[8000], 8000);
        assertEquals(List.of(), VoiceActivity.DEFAULT.find(silence));
        assertEquals(1, VoiceActivity.DEFAULT.trim(silence).seconds());
    }

    @Test void silenceHasBandsToo() {
        float[] bands = new LogMel(MelConfig.of(8000)).forward(Audio.of(new float[8000], 8000)).toFloats();
        float[] floor = new float[bands.length];
        Arrays.fill(floor, (float) Math.log(1e-10));
        TestSignal.assertClose(floor, bands, 1e-4);
    }

    @Test void aSpectrogramIsDrawn(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("a.png");
        SpectrogramPlot.of(CLIP).write(file);
        var image = ImageIO.read(file.toFile());
        assertTrue(Files.size(file) > 1000);
        // at the beginning the tone of 200 Hz, low, is brighter than what lies above 4000 Hz
        int low = brightness(image.getRGB(110, 2 * 215)), high = brightness(image.getRGB(110, 2 * 30));
        assertTrue(low > high + 50, low + " and " + high);
    }

    private static int brightness(int rgb) { return (rgb >> 16 & 255) + (rgb >> 8 & 255) + (rgb & 255); }

    @Test void mistakesAreNamed() {
        var bands = new LogMel(MelConfig.WHISPER);
        assertError("LogMel: expected 16000 Hz. Received 8000 Hz; bring it there by resample(16000).",
                () -> bands.forward(TestSignal.audio(800, 8000)));
        assertError("Stft: expected at least 201 samples. Received 200.",
                () -> bands.forward(TestSignal.audio(200, 16_000)));
        assertError("LogMel.stream: expected a logarithm that needs no more than its frame, NONE or NATURAL. Received"
                + " WHISPER.", () -> bands.forEach(AudioStream.of(CLIP), _ -> { }));
        assertError("Stft.fft: expected an even number from 2. Received 3.", () -> new Stft(3, 3, 1));
        assertError("MelConfig: expected 0 ≤ low < high ≤ 8000.0, half the rate. Received 0.0 and 9000.0.",
                () -> new MelConfig(16_000, 512, 400, 160, 20, 0, 9000, MelScale.HTK, false, MelLog.NATURAL));
        assertError("Mfcc.coefficients: expected 1 to 80, the bands. Received 81.",
                () -> new Mfcc(MelConfig.WHISPER, 81));
    }

    private static void assertError(String message, Executable code) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, code).getMessage());
    }
}
