package dev.merapi.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The expected bytes come from TensorFlow Java 1.1's own classes:
 *
 * <pre>{@code
 * Event.newBuilder().setWallTime(1.5).setStep(300).setSummary(Summary.newBuilder().addValue(
 *         Summary.Value.newBuilder().setTag("train/loss").setSimpleValue(0.25f))).build().toByteArray()
 * Event.newBuilder().setWallTime(1.5).setStep(300).setSummary(Summary.newBuilder().addValue(
 *         Summary.Value.newBuilder().setTag("m").setImage(Summary.Image.newBuilder().setHeight(2).setWidth(1)
 *         .setColorspace(3).setEncodedImageString(ByteString.copyFrom(new byte[] {1, 2, 3}))))).build().toByteArray()
 * }</pre>
 */
class EventFileTest {
    private static final int WALL_TIME = 9; // its tag and 8 bytes: the only part that differs between runs

    @TempDir Path folder;

    @Test void eventsAreThoseOfTensorFlow() throws IOException {
        try (var events = EventFile.in(folder)) {
            events.scalar("train/loss", 300, 0.25);
            events.image("m", 300, 2, 1, new byte[] {1, 2, 3});
        }
        var records = records();
        assertEquals(3, records.size());
        assertTrue(new String(records.get(0), StandardCharsets.ISO_8859_1).endsWith("brain.Event:2"));
        assertEquals("10ac022a130a110a0a747261696e2f6c6f7373150000803e", hexAfterTime(records.get(1)));
        assertEquals("10ac022a120a100a016d220b0802100118032203010203", hexAfterTime(records.get(2)));
    }

    /** Field 7 of Event is the SessionLog, whose field 1, the status, is START = 1. */
    @Test void aRestartIsASessionLog() throws IOException {
        try (var events = EventFile.in(folder)) {
            events.restartAt(300);
        }
        assertEquals("10ac02" + "3a020801", hexAfterTime(records().get(1)));
    }

    /** The check value of CRC-32C is 0xe3069283 (RFC 3720, B.4). */
    @Test void checksumsAreMasked() {
        int crc = 0xe3069283;
        assertEquals((crc >>> 15 | crc << 17) + 0xa282ead8,
                EventFile.maskedCrc("123456789".getBytes(StandardCharsets.US_ASCII)));
    }

    @Test void everyEventIsInTheFileAtOnce() throws IOException {
        try (var events = EventFile.in(folder)) {
            events.scalar("loss", 1, 1);
            assertEquals(2, records().size());
        }
    }

    private String hexAfterTime(byte[] event) {
        return HexFormat.of().formatHex(event, WALL_TIME, event.length);
    }

    /** Splits the file, checking both checksums of each record. */
    private List<byte[]> records() throws IOException {
        Path file;
        try (var files = Files.list(folder)) {
            file = files.findFirst().orElseThrow();
        }
        var buffer = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        var records = new ArrayList<byte[]>();
        while (buffer.hasRemaining()) {
            var length = new byte[8];
            buffer.get(length);
            assertEquals(EventFile.maskedCrc(length), buffer.getInt());
            var data = new byte[(int) ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong()];
            buffer.get(data);
            assertEquals(EventFile.maskedCrc(data), buffer.getInt());
            records.add(data);
        }
        return records;
    }
}
