package dev.merapi.io;

import java.net.URI;
import java.nio.file.Path;

/**
 * A file to be had from the web.
 *
 * @param uri where from; the last part of its path is the file's name
 * @param algorithm what the checksum is, as {@link java.security.MessageDigest} has it, or Git's
 * @param checksum in lower-case hexadecimal
 * @param unzipped whether the checksum is of what a gzipped file unpacks to, as recompressed copies differ
 */
public record Remote(URI uri, String algorithm, String checksum, boolean unzipped) {
    static final String GIT = "Git SHA-1";

    /** A file and its SHA-256, in hexadecimal digits. */
    public static Remote sha256(URI uri, String checksum) { return new Remote(uri, "SHA-256", checksum, false); }

    /** For files whose publisher or users give no better checksum. */
    public static Remote md5(URI uri, String checksum) { return new Remote(uri, "MD5", checksum, false); }

    /** By the name that Git gives a file's content: the SHA-1 of its length and its bytes. */
    public static Remote gitBlob(URI uri, String checksum) { return new Remote(uri, GIT, checksum, false); }

    /** A gzipped file and the SHA-256 of what it unpacks to. */
    public static Remote unzippedSha256(URI uri, String checksum) {
        return new Remote(uri, "SHA-256", checksum, true);
    }

    /** The file's name: the last part of the path. */
    public String name() { return Path.of(uri.getPath()).getFileName().toString(); }
}
