package dev.merapi.speech.audio;

import dev.merapi.speech.TestSignal;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class AudioTest {
    @TempDir Path folder;

    // ---- WAV

    @ParameterizedTest @EnumSource(WavFormat.class)
    void whatWasWrittenIsRead(WavFormat format) {
        var stereo = Audio.of(new float[][] {TestSignal.samples(1001, 8000), new float[1001]}, 8000);
        Path file = folder.resolve("a.wav");
        stereo.write(file, format);
        var read = Audio.read(file);
        assertEquals(stereo.toString(), read.toString());
        double step = switch (format) {
            case PCM_16 -> 1.0 / 32768;
            case PCM_24 -> 1.0 / 8388608;
            case FLOAT_32 -> 0;
        };
        TestSignal.assertClose(stereo.channel(0), read.channel(0), step / 2 + 1e-9);
        assertArrayEquals(stereo.channel(1), read.channel(1));
    }

    @Test void whatIsTooLoudIsClipped() {
        Path file = folder.resolve("a.wav");
        Audio.of(new float[] {2, -2, 0.5f}, 8000).write(file);
        assertArrayEquals(new float[] {32767 / 32768f, -1, 0.5f}, Audio.read(file).samples());
    }

    /** Samples written by hand: their bytes, and what they are as parts of the full scale. */
    @ParameterizedTest @CsvSource({
        "1, 8, 00 80 FF, '-1, 0, 0.9921875'",
        "1, 16, 00 80 FF FF FF 7F, '-1, -0.000030517578125, 0.999969482421875'",
        "1, 24, 00 00 80 00 00 40, '-1, 0.5'",
        "1, 32, 00 00 00 80 00 00 00 20, '-1, 0.25'",
        "3, 32, 00 00 80 3F 00 00 00 BF, '1, -0.5'",
        "3, 64, 00 00 00 00 00 00 E0 3F, '0.5'"})
    void codingsAreRead(int tag, int bits, String bytes, String samples) throws IOException {
        byte[] data = bytes(bytes);
        float[] expected = floats(samples);
        assertArrayEquals(expected, Audio.read(wav(tag, 1, 8000, bits, data, data.length)).samples());
        assertArrayEquals(expected, Audio.read(extensible(tag, bits, data)).samples());
    }

    /** By Python's audioop. */
    @ParameterizedTest @CsvSource({"6, a_law", "7, mu_law"})
    void lawsAreRead(int tag, String golden) throws IOException {
        var all = new byte[256];
        for (int i = 0; i < 256; i++) all[i] = (byte) i;
        float[] read = Audio.read(wav(tag, 1, 8000, 8, all, 256)).samples();
        float[] expected = TestSignal.golden(golden);
        for (int i = 0; i < 256; i++) assertEquals(expected[i] / 32768f, read[i], "code " + i);
    }

    @Test void otherChunksAreSkippedAndAPipeMayGoOnToItsEnd() throws IOException {
        byte[] data = bytes("00 40 00 C0");
        byte[] file = Files.readAllBytes(wav(1, 1, 8000, 16, data, 0xFFFFFFFFL));
        var withNote = ByteBuffer.allocate(file.length + 12);
        withNote.put(file, 0, 36).put("LIST".getBytes()).put(bytes("03 00 00 00 01 02 03 00"));
        withNote.put(file, 36, file.length - 36);
        try (var stream = AudioStream.ofWav(new ByteArrayInputStream(withNote.array()), "pipe")) {
            assertArrayEquals(new float[] {0.5f, -0.5f}, stream.readAll().samples());
        }
    }

    /** RF64 keeps the size of what is beyond 4 GiB in a chunk of its own. */
    @Test void rf64IsRead() throws IOException {
        byte[] plain = Files.readAllBytes(wav(1, 1, 8000, 16, bytes("00 40 00 C0"), 0xFFFFFFFFL));
        var large = ByteBuffer.allocate(plain.length + 36).order(ByteOrder.LITTLE_ENDIAN);
        large.put("RF64".getBytes()).put(plain, 4, 8).put("ds64".getBytes()).putInt(28).putLong(0).putLong(4);
        large.putLong(2).putInt(0).put(plain, 12, plain.length - 12);
        Path file = folder.resolve("large.wav");
        Files.write(file, large.array());
        assertArrayEquals(new float[] {0.5f, -0.5f}, Audio.read(file).samples());
    }

    // ---- what is wrong with a file is said

    @Test void aFileThatWasCutOffSaysSo() throws IOException {
        Path file = wav(1, 1, 8000, 16, new byte[10], 20);
        assertError(file + ": expected 20 bytes of samples, as the header says. Received 10: the file was cut off, or"
                + " its header is wrong.", () -> Audio.read(file));
        byte[] bytes = Files.readAllBytes(file);
        assertError("pipe: expected 20 bytes of samples, as the header says. Received 10: the file was cut off, or its"
                + " header is wrong.",
                () -> AudioStream.ofWav(new ByteArrayInputStream(bytes), "pipe").readAll());
        assertError("pipe: expected a WAV file. Received one that ends within its header.",
                () -> AudioStream.ofWav(new ByteArrayInputStream(bytes, 0, 30), "pipe"));
    }

    @Test void aRateOf0AndNoChannelAndNoSamplesAreNamed() throws IOException {
        Path noRate = wav(1, 1, 0, 16, new byte[4], 4);
        assertError(noRate + ": expected a rate from 1 to 10000000 Hz. Received 0.", () -> Audio.read(noRate));
        Path noChannel = wav(1, 0, 8000, 16, new byte[4], 4);
        assertError(noChannel + ": expected a channel. Received 0.", () -> Audio.read(noChannel));
        Path empty = wav(1, 1, 8000, 16, new byte[0], 0);
        assertError(empty + ": Audio: expected at least one sample. Received none: the file is empty.",
                () -> Audio.read(empty));
        assertError("Audio.rate: expected at least 1. Received 0.", () -> Audio.of(new float[1], 0));
    }

    @Test void aSampleThatIsNoNumberIsNamed() throws IOException {
        Path file = wav(3, 1, 8000, 32, bytes("00 00 00 00 00 00 C0 7F"), 8);
        assertError(file + ": Audio: expected finite samples. Received NaN at 0.000 s.", () -> Audio.read(file));
    }

    @Test void whatIsNoSoundSaysSo() throws IOException {
        Path text = Files.writeString(folder.resolve("a.mp3"), "no sound at all");
        var error = assertThrows(IllegalArgumentException.class, () -> Audio.read(text));
        assertTrue(error.getMessage().startsWith(text + ": expected a sound file. Received another or a damaged one ("),
                error.getMessage());
        Path missing = folder.resolve("missing.wav");
        assertEquals("Could not read " + missing + ": there is no such file or folder.",
                assertThrows(UncheckedIOException.class, () -> Audio.read(missing)).getMessage());
        Path other = wav(2, 1, 8000, 4, new byte[4], 4);
        assertError("pipe: expected WAV of PCM, floats, A-law or µ-law. Received format 2.",
                () -> AudioStream.ofWav(Files.newInputStream(other), "pipe"));
    }

    @Test void sevenChannelsAreMixed() throws IOException {
        var data = ByteBuffer.allocate(14).order(ByteOrder.LITTLE_ENDIAN);
        for (int c = 0; c < 7; c++) data.putShort((short) (c * 1000));
        var audio = Audio.read(wav(1, 7, 8000, 16, data.array(), 14));
        assertEquals(7, audio.channels());
        assertEquals(3000 / 32768f, audio.mono().samples()[0], 1e-7);
        assertError("Audio.samples: expected one channel. Received 7; mix them by mono().", audio::samples);
    }

    // ---- other formats

    @Test void flacIsTheSameToTheLastBit() throws URISyntaxException {
        float[] tone = TestSignal.samples(2000, 8000);
        float[] read = Audio.read(resource("tone.flac")).samples();
        for (int i = 0; i < tone.length; i++) assertEquals(Math.rint(tone[i] * 32767f) / 32768, read[i], 1e-9);
    }

    @ParameterizedTest @CsvSource({"tone.ogg, 0.99", "tone.mp3, 0.9"})
    void lossyFormatsSoundAlike(String name, double least) throws URISyntaxException {
        float[] tone = TestSignal.samples(2000, 8000);
        var read = Audio.read(resource(name));
        assertEquals(8000, read.rate());
        double best = 0;
        for (int shift = 0; shift < 1300; shift++) best = Math.max(best, correlation(tone, read.samples(), shift));
        assertTrue(best >= least, name + " correlates by " + best);
    }

    private static double correlation(float[] a, float[] b, int shift) {
        double ab = 0, aa = 0, bb = 0;
        for (int i = 0; i < a.length && i + shift < b.length; i++) {
            ab += a[i] * b[i + shift];
            aa += a[i] * a[i];
            bb += b[i + shift] * b[i + shift];
        }
        return ab / Math.sqrt(aa * bb + 1e-12);
    }

    @ParameterizedTest @ValueSource(strings = {"tone.flac", "tone.ogg", "tone.mp3"})
    void blocksAreTheWhole(String name) throws URISyntaxException {
        var whole = Audio.read(resource(name));
        try (var stream = AudioStream.open(resource(name))) {
            var blocks = new float[whole.length()];
            int at = 0;
            for (var block = stream.read(333); block.length() > 0; block = stream.read(333)) {
                System.arraycopy(block.samples(), 0, blocks, at, block.length());
                at += block.length();
            }
            assertArrayEquals(whole.samples(), blocks);
        }
    }

    /** Ogg files one behind the other, as recorders leave them: the rate and the channels are the first's. */
    @ParameterizedTest @CsvSource({"tone.ogg, stereo_16k.ogg, 8000, 1", "stereo_16k.ogg, tone.ogg, 16000, 2"})
    void chainedFilesSoundAsTheFirst(String first, String second, int rate, int channels) throws Exception {
        Path chained = folder.resolve("chained.ogg");
        Files.write(chained, Files.readAllBytes(resource(first)));
        Files.write(chained, Files.readAllBytes(resource(second)), StandardOpenOption.APPEND);
        var read = Audio.read(chained);
        assertEquals(rate, read.rate());
        assertEquals(channels, read.channels());
        int length = rate / 4; // of each file
        assertEquals(2 * length, read.length(), 0.3 * length);
        float[] tone = TestSignal.audio(2000, 8000).resample(rate).samples();
        for (int c = 0; c < channels; c++) {
            for (int begin : new int[] {0, length}) {
                float[] part = Arrays.copyOfRange(read.channel(c), begin, read.length());
                double best = 0;
                for (int shift = 0; shift < length / 2; shift++) best = Math.max(best, correlation(tone, part, shift));
                assertTrue(best > 0.97, "channel " + c + " from " + begin + " correlates by " + best);
            }
        }
        try (var stream = AudioStream.open(chained)) {
            int at = 0;
            for (var block = stream.read(333); block.length() > 0; block = stream.read(333)) {
                assertArrayEquals(Arrays.copyOfRange(read.channel(0), at, at + block.length()), block.channel(0));
                at += block.length();
            }
            assertEquals(read.length(), at);
        }
    }

    // ---- rates

    @ParameterizedTest @CsvSource({"16000, 8000, 500", "8000, 16000, 300", "44100, 16000, 1000"})
    void resamplingIsTorchaudios(int from, int to, int length) {
        var x = Audio.of(TestSignal.samples(length, 16_000), from);
        TestSignal.assertClose(TestSignal.golden("resample_" + from + "_" + to), x.resample(to).samples(), 2e-6);
    }

    @ParameterizedTest @CsvSource({"44100, 16000", "8000, 16000", "16000, 8000", "48000, 44100"})
    void aStreamIsResampledAsTheWhole(int from, int to) {
        var stereo = Audio.of(new float[][] {TestSignal.samples(40_001, from), TestSignal.samples(40_001, 2 * from)},
                from);
        try (var stream = AudioStream.of(stereo).resample(to)) {
            var first = stream.read(777);
            var rest = stream.readAll();
            var whole = stereo.resample(to);
            assertEquals(whole.length(), first.length() + rest.length());
            assertArrayEquals(Arrays.copyOf(whole.channel(1), 777), first.channel(1));
            assertArrayEquals(Arrays.copyOfRange(whole.channel(1), 777, whole.length()), rest.channel(1));
        }
    }

    /** A long file: what is held stays the same, whatever its length. */
    @Test void aLongFileIsReadInBlocks() {
        Path file = folder.resolve("long.wav");
        var minute = TestSignal.audio(480_000, 8000);
        minute.write(file);
        try (var stream = AudioStream.open(file).mono().resample(16_000)) {
            long read = 0;
            for (var block = stream.read(1000); block.length() > 0; block = stream.read(1000)) read += block.length();
            assertEquals(960_000, read);
        }
    }

    // ---- in memory

    @Test void tensorsAreTakenAndGiven() {
        long before = Scope.live();
        try (var _ = Scope.open()) {
            var audio = Audio.of(Tensor.of(new float[] {1, 2, 3, 4}, 2, 2), 2);
            assertArrayEquals(new float[] {3, 4}, audio.channel(1));
            assertArrayEquals(new float[] {1, 2, 3, 4}, audio.toTensor().toFloats());
            assertArrayEquals(new float[] {2, 3}, audio.mono().samples());
            assertArrayEquals(new float[] {3}, audio.mono().slice(0.5, 9).samples());
            assertEquals(4, audio.peak());
            assertError("Audio.of: expected samples (T) or (C, T). Received ().",
                    () -> Audio.of(Tensor.scalar(1, DType.FLOAT32), 2));
        }
        assertTrue(Scope.live() <= before);
        assertError("Audio: expected channels of one length, 1. Received 2 samples in channel 1.",
                () -> Audio.of(new float[][] {new float[1], new float[2]}, 1));
        assertError("Audio.slice: expected 0 ≤ from ≤ to. Received 2.0 and 1.0.",
                () -> Audio.of(new float[1], 1).slice(2, 1));
    }

    // ---- files by hand

    private Path wav(int tag, int channels, int rate, int bits, byte[] data, long told) throws IOException {
        return write(data, told, 16, format -> format.putShort((short) tag).putShort((short) channels).putInt(rate)
                .putInt(rate * channels * bits / 8).putShort((short) (channels * bits / 8)).putShort((short) bits));
    }

    private Path extensible(int tag, int bits, byte[] data) throws IOException {
        return write(data, data.length, 40, format -> format.putShort((short) 0xFFFE).putShort((short) 1).putInt(8000)
                .putInt(8000 * bits / 8).putShort((short) (bits / 8)).putShort((short) bits).putShort((short) 22)
                .putShort((short) bits).putInt(4).putShort((short) tag).put(bytes("00 00 00 00 10 00 80 00 00 AA 00 38"
                        + " 9B 71")));
    }

    private Path write(byte[] data, long told, int formatSize, Consumer<ByteBuffer> format) throws IOException {
        var file = ByteBuffer.allocate(28 + formatSize + data.length).order(ByteOrder.LITTLE_ENDIAN);
        file.put("RIFF".getBytes()).putInt(20 + formatSize + data.length).put("WAVEfmt ".getBytes());
        file.putInt(formatSize);
        format.accept(file);
        file.put("data".getBytes()).putInt((int) told).put(data);
        return Files.write(folder.resolve("hand.wav"), file.array());
    }

    private static byte[] bytes(String hex) {
        String[] parts = hex.split(" ");
        var bytes = new byte[parts.length];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) Integer.parseInt(parts[i], 16);
        return bytes;
    }

    private static float[] floats(String text) {
        String[] parts = text.split(", ");
        var floats = new float[parts.length];
        for (int i = 0; i < floats.length; i++) floats[i] = Float.parseFloat(parts[i]);
        return floats;
    }

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(AudioTest.class.getResource(name).toURI());
    }

    private static void assertError(String message, Executable code) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, code).getMessage());
    }
}
