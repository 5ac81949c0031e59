package dev.merapi.speech.audio;

import dev.merapi.io.AtomicFiles;
import dev.merapi.tensor.Expect;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Writes WAV files. */
final class WavWriter {
    private static final int HEADER = 44;
    private static final int BLOCK = 1 << 14; // samples of each channel that are written at once

    private WavWriter() {}

    static void write(Audio audio, Path file, WavFormat format) {
        long bytes = (long) audio.length() * audio.channels() * format.bytes;
        Expect.that(bytes <= 0xFFFFFFFFL - HEADER, file.toString(), "at most 4 GiB of samples in a WAV file", bytes
                + " bytes");
        AtomicFiles.write(file, channel -> write(audio, channel, format, bytes));
    }

    private static void write(Audio audio, FileChannel channel, WavFormat format, long bytes) throws IOException {
        var header = buffer(HEADER);
        int frame = audio.channels() * format.bytes;
        header.put(ascii("RIFF")).putInt((int) (bytes + (bytes & 1) + HEADER - 8)).put(ascii("WAVEfmt ")).putInt(16);
        header.putShort((short) format.tag).putShort((short) audio.channels()).putInt(audio.rate());
        header.putInt(audio.rate() * frame).putShort((short) frame).putShort((short) (8 * format.bytes));
        drain(header.put(ascii("data")).putInt((int) bytes), channel);
        var block = buffer(BLOCK * frame);
        for (int from = 0; from < audio.length(); from += BLOCK) {
            for (int t = from; t < Math.min(audio.length(), from + BLOCK); t++) {
                for (int c = 0; c < audio.channels(); c++) put(block, audio.channel(c)[t], format);
            }
            drain(block, channel);
        }
        if ((bytes & 1) == 1) drain(block.put((byte) 0), channel); // chunks begin at even places
    }

    private static void put(ByteBuffer block, float sample, WavFormat format) {
        switch (format) {
            case PCM_16 -> block.putShort((short) whole(sample, 1 << 15));
            case PCM_24 -> {
                int value = whole(sample, 1 << 23);
                block.putShort((short) value).put((byte) (value >> 16));
            }
            case FLOAT_32 -> block.putFloat(sample);
        }
    }

    private static int whole(float sample, int scale) {
        return (int) Math.max(-scale, Math.min(scale - 1, Math.rint((double) sample * scale)));
    }

    private static ByteBuffer buffer(int bytes) { return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN); }

    private static byte[] ascii(String text) { return text.getBytes(StandardCharsets.US_ASCII); }

    private static void drain(ByteBuffer buffer, FileChannel channel) throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) channel.write(buffer);
        buffer.clear();
    }
}
