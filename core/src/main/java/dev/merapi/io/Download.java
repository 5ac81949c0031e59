package dev.merapi.io;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;

/**
 * Fetches files into a folder once. A file grows as {@code name.part}, is checked, and only then gets its name; what
 * was interrupted goes on where it stopped. Two processes that want the same file take turns.
 */
public final class Download {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Download() {}

    /** {@code $MERAPI_CACHE/name}, or {@code ~/.cache/merapi/name} where that is not set. */
    public static Path cache(String name) {
        String set = System.getenv("MERAPI_CACHE");
        Path root = set != null && !set.isBlank() ? Path.of(set)
                : Path.of(System.getProperty("user.home"), ".cache", "merapi");
        return root.resolve(name);
    }

    /**
     * The file in this folder, fetched if it is not there.
     *
     * @throws IllegalStateException if it cannot be had, saying where to put it by hand, or its checksum is wrong
     * @throws UncheckedIOException if the folder cannot be written
     */
    public static synchronized Path fetch(Remote remote, Path folder) {
        Path file = folder.resolve(remote.name());
        if (Files.exists(file)) return file;
        Path part = folder.resolve(remote.name() + ".part");
        try {
            Files.createDirectories(folder);
            try (var lock = open(folder.resolve(".lock")); var _ = lock.lock()) {
                if (Files.exists(file)) return file; // another process was faster
                receive(remote, part);
                verify(remote, part);
                return Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException e) {
            throw FileErrors.writing(file, e);
        }
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private static void receive(Remote remote, Path part) {
        try (var out = open(part); var client = HttpClient.newBuilder().connectTimeout(PATIENCE)
                .followRedirects(HttpClient.Redirect.NORMAL).build()) {
            long have = out.size();
            var request = HttpRequest.newBuilder(remote.uri()).timeout(PATIENCE);
            if (have > 0) request.header("Range", "bytes=" + have + "-");
            var response = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            try (var body = response.body()) {
                switch (response.statusCode()) {
                    case 200 -> out.truncate(0); // from the start, whatever was asked for
                    case 206 -> out.position(have);
                    case 416 -> { return; } // nothing is left to send: the checksum decides
                    default -> throw new IOException("the server answered " + response.statusCode());
                }
                body.transferTo(Channels.newOutputStream(out));
            }
        } catch (IOException e) {
            throw unavailable(remote, part, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable(remote, part, e);
        }
    }

    /** The next attempt goes on behind what was received; if nothing was, nothing is left behind. */
    private static IllegalStateException unavailable(Remote remote, Path part, Exception e) {
        try {
            if (Files.exists(part) && Files.size(part) == 0) Files.delete(part);
        } catch (IOException suppressed) {
            e.addSuppressed(suppressed);
        }
        String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return new IllegalStateException(remote.name() + ": could not be downloaded from " + remote.uri() + " ("
                + reason + "). Try again later, or put the file into " + part.toAbsolutePath().getParent()
                + " by hand.", e);
    }

    private static void verify(Remote remote, Path part) throws IOException {
        String actual;
        try (var in = Files.newInputStream(part)) {
            actual = checksum(remote.algorithm(), remote.unzipped() ? new GZIPInputStream(in) : in);
        } catch (IOException e) { // no gzip, or a damaged one
            actual = e.getMessage();
        }
        if (!actual.equals(remote.checksum())) {
            Files.delete(part);
            throw new IllegalStateException(remote.name() + ": expected " + remote.algorithm() + " " + remote.checksum()
                    + ". Received " + actual + " from " + remote.uri() + ". The download was deleted; try again.");
        }
    }

    private static String checksum(String algorithm, InputStream in) throws IOException {
        try {
            var digest = MessageDigest.getInstance(algorithm);
            new DigestInputStream(in, digest).transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e); // every Java has it
        }
    }
}
