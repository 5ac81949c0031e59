package dev.merapi.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The versions that the build writes into {@code version.properties}. */
public final class Version {
    private Version() {}

    /** Merapi's, such as {@code 0.1.0}; {@code unknown} for classes that were compiled without the build. */
    public static String read() { return read("version"); }

    /** libtorch's and, behind a hyphen, its wrapper's, such as {@code 2.10.0-1.5.13}. */
    static String libtorch() { return read("libtorch"); }

    private static String read(String which) {
        try (var in = Version.class.getResourceAsStream("version.properties")) {
            var properties = new Properties();
            if (in != null) properties.load(in);
            return properties.getProperty(which, "unknown");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
