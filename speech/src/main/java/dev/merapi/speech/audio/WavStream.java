package dev.merapi.speech.audio;

import dev.merapi.io.FileErrors;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** The samples of a WAV file or pipe. */
final class WavStream implements AudioStream {
    private final InputStream in;
    private final String name;
    private final WavHeader header;
    private final int frame; // bytes of one sample of all channels
    private long left; // bytes; −1 is up to the end

    private WavStream(InputStream in, String name, WavHeader header) {
        this.in = in;
        this.name = name;
        this.header = header;
        frame = header.channels() * header.coding().bytes;
        left = header.bytes();
    }

    /** Whether a file begins as WAV does, in a coding that is read here. */
    static boolean isWav(Path file) {
        try (var in = new BufferedInputStream(Files.newInputStream(file))) {
            in.mark(16);
            byte[] start = in.readNBytes(12);
            in.reset();
            boolean wave = start.length == 12 && (start[0] == 'R' && start[1] == 'I' && start[2] == 'F'
                    || start[0] == 'R' && start[1] == 'F' && start[2] == '6') && start[8] == 'W' && start[9] == 'A';
            return wave && WavHeader.read(in, file.toString()).coding() != null;
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
    }

    static WavStream open(Path file) {
        try {
            var in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
            try {
                return of(in, file.toString(), Files.size(file));
            } catch (RuntimeException e) {
                in.close();
                throw e;
            }
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
    }

    static WavStream ofPcm16(InputStream in, int rate, String name) {
        return new WavStream(in, name, new WavHeader(WavCoding.PCM_16, 1, 1, rate, -1, 0));
    }

    /** @param size of the file, or −1 of a pipe */
    static WavStream of(InputStream in, String name, long size) {
        try {
            var header = WavHeader.read(in, name);
            if (header.coding() == null) {
                throw new IllegalArgumentException(name + ": expected WAV of PCM, floats, A-law or µ-law. Received"
                        + " format " + header.tag() + ".");
            }
            if (size >= 0 && header.bytes() > size - header.offset()) {
                throw cut(name, header.bytes(), size - header.offset());
            }
            return new WavStream(in, name, header);
        } catch (IOException e) {
            throw FileErrors.reading(Path.of(name), e);
        }
    }

    private static IllegalArgumentException cut(String name, long told, long received) {
        return new IllegalArgumentException(name + ": expected " + told + " bytes of samples, as the header says."
                + " Received " + received + ": the file was cut off, or its header is wrong.");
    }

    @Override public int rate() { return (int) header.rate(); }

    @Override public int channels() { return header.channels(); }

    @Override public Audio read(int length) {
        long wanted = (long) length * frame;
        byte[] bytes = bytes((int) Math.min(Integer.MAX_VALUE - 8, left < 0 ? wanted : Math.min(wanted, left)));
        var from = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        var samples = new float[channels()][bytes.length / frame]; // a half frame at the end is none
        for (int t = 0; t < samples[0].length; t++) {
            for (float[] channel : samples) channel[t] = header.coding().next(from);
        }
        return Audio.of(samples, rate());
    }

    private byte[] bytes(int wanted) {
        try {
            byte[] bytes = in.readNBytes(wanted);
            if (left >= 0) {
                if (bytes.length < wanted) throw cut(name, header.bytes(), header.bytes() - left + bytes.length);
                left -= wanted;
            }
            return bytes;
        } catch (IOException e) {
            throw FileErrors.reading(Path.of(name), e);
        }
    }

    @Override public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw FileErrors.reading(Path.of(name), e);
        }
    }
}
