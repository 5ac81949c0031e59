package dev.merapi.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Merapi's version, which the build writes into {@code version.properties}. */
public final class Version {
    private Version() {}

    /** Such as {@code 0.1.0}; {@code unknown} for classes that were compiled without the build. */
    public static String read() {
        try (var in = Version.class.getResourceAsStream("version.properties")) {
            var properties = new Properties();
            if (in != null) properties.load(in);
            return properties.getProperty("version", "unknown");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
