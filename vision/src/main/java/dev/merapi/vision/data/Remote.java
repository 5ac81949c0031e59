package dev.merapi.vision.data;

import java.net.URI;
import java.nio.file.Path;

/**
 * A file to be had from the web.
 *
 * @param uri where from; the last part of its path is the file's name
 * @param sha256 checksum of the file, in lower-case hexadecimal
 * @param unzipped whether the checksum is of what a gzipped file unpacks to, as recompressed copies differ
 */
record Remote(URI uri, String sha256, boolean unzipped) {
    String name() { return Path.of(uri.getPath()).getFileName().toString(); }
}
