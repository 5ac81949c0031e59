package dev.merapi.io;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.ZipException;

/**
 * Fetches files into a folder once. A file grows as {@code name.part}, is checked, and only then gets its name; what
 * was interrupted goes on where it stopped. Two processes that want the same file take turns.
 */
public final class Download {
    static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Which files, of which size and time, this process has compared. */
    private static final Set<String> UNCHANGED = ConcurrentHashMap.newKeySet();

    private Download() {}

    /** {@code $MERAPI_CACHE/name}, or {@code ~/.cache/merapi/name} where that is not set. */
    public static Path cache(String name) {
        String set = System.getenv("MERAPI_CACHE");
        Path root = set != null && !set.isBlank() ? Path.of(set)
                : Path.of(System.getProperty("user.home"), ".cache", "merapi");
        return root.resolve(name);
    }

    /**
     * The file in this folder, fetched if it is not there. One that was fetched before is compared with its checksum,
     * once by each process; one that was put there by hand is taken as it is.
     *
     * @throws IllegalStateException if it cannot be had, saying where to put it by hand, or its checksum is wrong
     * @throws IllegalArgumentException if what was fetched before has changed since
     * @throws UncheckedIOException if the folder cannot be written
     */
    public static Path fetch(Remote remote, Path folder) {
        Path file = folder.resolve(remote.name());
        if (Files.exists(file)) return Files.exists(mark(file)) ? expectUnchanged(remote, file) : file;
        String byHand = "Try again later, or put the file into " + folder.toAbsolutePath() + " by hand.";
        return get(remote, file, null, byHand, () ->
                AtomicFiles.write(mark(file), remote.checksum() + "  " + remote.name() + "\n"));
    }

    /**
     * A file under another name than the web's, which nobody puts there by hand.
     *
     * @param token for the server, or null
     */
    static Path get(Remote remote, Path file, String token) {
        String advice = "Try again later; it goes on where it stopped.";
        return Files.exists(file) ? expectUnchanged(remote, file) : get(remote, file, token, advice, () -> { });
    }

    private static Path get(Remote remote, Path file, String token, String advice, Runnable whenComplete) {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try (var _ = FolderLock.lock(file.getParent())) {
            if (Files.exists(file)) return file; // another process was faster
            receive(remote, part, token, advice);
            verify(remote, part);
            whenComplete.run();
            return Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw FileErrors.writing(file, e);
        }
    }

    /** Tells a fetched file from one that was put there by hand, as {@code sha256sum -c} would read it. */
    private static Path mark(Path file) { return file.resolveSibling("." + file.getFileName() + ".sum"); }

    static Path expectUnchanged(Remote remote, Path file) {
        try {
            var now = file.toRealPath() + " " + Files.size(file) + " " + Files.getLastModifiedTime(file);
            if (UNCHANGED.contains(now)) return file;
            String actual = checksum(remote, file);
            if (!actual.equals(remote.checksum())) {
                throw new IllegalArgumentException(file + ": expected " + remote.algorithm() + " " + remote.checksum()
                        + ", as it was downloaded. Received " + actual + "; the file has changed since. Delete it, and"
                        + " it is downloaded again.");
            }
            UNCHANGED.add(now);
            return file;
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private static void receive(Remote remote, Path part, String token, String advice) {
        try (var out = open(part); var client = HttpClient.newBuilder().connectTimeout(PATIENCE)
                // a token is for its server alone
                .followRedirects(token == null ? HttpClient.Redirect.NORMAL : HttpClient.Redirect.NEVER).build()) {
            long have = out.size();
            var request = HttpRequest.newBuilder(remote.uri()).timeout(PATIENCE);
            if (token != null) request.header("Authorization", "Bearer " + token);
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
            throw unavailable(remote, part, advice, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable(remote, part, advice, e);
        }
    }

    /** The next attempt goes on behind what was received; if nothing was, nothing is left behind. */
    private static IllegalStateException unavailable(Remote remote, Path part, String advice, Exception e) {
        try {
            if (Files.exists(part) && Files.size(part) == 0) Files.delete(part);
        } catch (IOException suppressed) {
            e.addSuppressed(suppressed);
        }
        String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return new IllegalStateException(remote.name() + ": could not be downloaded from " + remote.uri() + " ("
                + reason + "). " + advice, e);
    }

    /** Of a damaged gzip file, what is wrong with it. */
    private static String checksum(Remote remote, Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            if (!remote.algorithm().equals(Remote.GIT)) {
                return checksum(remote.algorithm(), remote.unzipped() ? new GzipMembers(in, 1 << 16) : in);
            }
            byte[] length = ("blob " + Files.size(file) + "\0").getBytes(StandardCharsets.US_ASCII);
            return checksum("SHA-1", new SequenceInputStream(new ByteArrayInputStream(length), in));
        } catch (ZipException | EOFException e) {
            return e.getMessage();
        }
    }

    private static void verify(Remote remote, Path part) throws IOException {
        String actual = checksum(remote, part);
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
