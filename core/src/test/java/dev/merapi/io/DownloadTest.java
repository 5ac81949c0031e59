package dev.merapi.io;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Downloads from a file server on the loopback interface. */
class DownloadTest {
    private static final byte[] CONTENT = new byte[1_000_000];

    static {
        new SplittableRandom(0).nextBytes(CONTENT);
    }

    @TempDir Path folder;

    private HttpServer server;
    private byte[] served = CONTENT;
    private int status = 200;
    private boolean ranges = true;
    private int cutAfter = Integer.MAX_VALUE;
    private final List<String> requests = new ArrayList<>();

    @BeforeEach void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("localhost"), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach void stop() { server.stop(0); }

    private void answer(HttpExchange exchange) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        requests.add("" + range);
        int from = range != null && ranges ? Integer.parseInt(range.replaceAll("\\D", "")) : 0;
        int answer = status != 200 ? status : from >= served.length ? 416 : from > 0 ? 206 : 200;
        byte[] rest = from >= served.length ? new byte[0] : Arrays.copyOfRange(served, from, served.length);
        exchange.sendResponseHeaders(answer, rest.length == 0 ? -1 : rest.length);
        exchange.getResponseBody().write(rest, 0, Math.min(rest.length, cutAfter));
        exchange.getResponseBody().flush();
        exchange.close();
    }

    @Test void fetchesOnce() throws IOException {
        assertArrayEquals(CONTENT, Files.readAllBytes(fetch()));
        assertArrayEquals(CONTENT, Files.readAllBytes(fetch()));
        assertEquals(List.of("null"), requests);
        assertFalse(Files.exists(folder.resolve("data.bin.part")));
    }

    @Test void aDownloadThatChangedIsToldOf() throws IOException {
        Path file = fetch();
        byte[] changed = CONTENT.clone();
        changed[5] ^= 1;
        Files.write(file, changed);
        assertEquals(file + ": expected SHA-256 " + sha256(CONTENT) + ", as it was downloaded. Received "
                + sha256(changed) + "; the file has changed since. Delete it, and it is downloaded again.",
                assertThrows(IllegalArgumentException.class, this::fetch).getMessage());
        Files.delete(file);
        assertArrayEquals(CONTENT, Files.readAllBytes(fetch()));
        Files.write(file, Arrays.copyOf(CONTENT, 10));
        assertThrows(IllegalArgumentException.class, this::fetch);
    }

    @Test void aFileThatWasPutThereIsTakenAsItIs() throws IOException {
        Files.write(folder.resolve("data.bin"), new byte[3]);
        assertArrayEquals(new byte[3], Files.readAllBytes(fetch()));
        assertEquals(List.of(), requests);
    }

    @Test void goesOnWhereItWasCutOff() throws IOException {
        cutAfter = 900_000;
        assertThrows(IllegalStateException.class, this::fetch);
        long have = Files.size(folder.resolve("data.bin.part"));
        assertTrue(have > 0 && have <= 900_000, have + " bytes");
        cutAfter = Integer.MAX_VALUE;
        assertArrayEquals(CONTENT, Files.readAllBytes(fetch()));
        assertEquals(List.of("null", "bytes=" + have + "-"), requests);
    }

    @Test void startsAgainWhereTheServerKnowsNoRanges() throws IOException {
        ranges = false;
        Files.write(folder.resolve("data.bin.part"), new byte[CONTENT.length + 100]);
        assertArrayEquals(CONTENT, Files.readAllBytes(fetch()));
    }

    @Test void aCompletePartIsTaken() throws IOException {
        Files.write(folder.resolve("data.bin.part"), CONTENT);
        assertArrayEquals(CONTENT, Files.readAllBytes(fetch()));
        assertEquals(List.of("bytes=" + CONTENT.length + "-"), requests);
    }

    @Test void aDamagedFileIsNotKept() throws IOException {
        served = "a login page".getBytes();
        var error = assertThrows(IllegalStateException.class, this::fetch);
        assertEquals("data.bin: expected SHA-256 " + sha256(CONTENT) + ". Received " + sha256(served) + " from "
                + uri() + ". The download was deleted; try again.", error.getMessage());
        try (var left = Files.list(folder)) {
            assertEquals(List.of(".lock"), left.map(file -> file.getFileName().toString()).toList());
        }
    }

    @Test void otherChecksumsAreChecked() throws IOException {
        served = "abc".getBytes();
        Download.fetch(Remote.md5(uri(), "900150983cd24fb0d6963f7d28e17f72"), folder); // RFC 1321's example
        Files.delete(folder.resolve("data.bin"));
        var error = assertThrows(IllegalStateException.class,
                () -> Download.fetch(Remote.md5(uri(), "00"), folder));
        assertTrue(error.getMessage().startsWith("data.bin: expected MD5 00. Received 90015098"), error.getMessage());
    }

    @Test void aZippedFileIsCheckedByItsContent() throws IOException {
        served = gzip(CONTENT);
        var remote = Remote.unzippedSha256(uri(), sha256(CONTENT));
        assertArrayEquals(served, Files.readAllBytes(Download.fetch(remote, folder)));
        Files.delete(folder.resolve("data.bin"));
        served = CONTENT;
        var error = assertThrows(IllegalStateException.class, () -> Download.fetch(remote, folder));
        assertTrue(error.getMessage().contains("Received Not in GZIP format from"), error.getMessage());
    }

    @Test void saysWhatToDoWithoutTheServer() {
        status = 503;
        var refused = assertThrows(IllegalStateException.class, this::fetch);
        assertEquals("data.bin: could not be downloaded from " + uri() + " (the server answered 503). Try again later,"
                + " or put the file into " + folder.toAbsolutePath() + " by hand.", refused.getMessage());
        server.stop(0);
        var offline = assertThrows(IllegalStateException.class, this::fetch);
        assertTrue(offline.getMessage().contains("put the file into " + folder), offline.getMessage());
        assertFalse(Files.exists(folder.resolve("data.bin.part")));
    }

    @Test void aFolderThatCannotBeWrittenIsNamed() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        var remote = Remote.sha256(uri(), sha256(CONTENT));
        var error = assertThrows(UncheckedIOException.class, () -> Download.fetch(remote, file));
        assertTrue(error.getMessage().startsWith("Could not write " + file.resolve("data.bin")),
                error.getMessage());
    }

    private Path fetch() { return Download.fetch(Remote.sha256(uri(), sha256(CONTENT)), folder); }

    private URI uri() { return URI.create("http://localhost:" + server.getAddress().getPort() + "/some/data.bin"); }

    static byte[] gzip(byte[] content) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new GZIPOutputStream(bytes)) {
            zip.write(content);
        }
        return bytes.toByteArray();
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
