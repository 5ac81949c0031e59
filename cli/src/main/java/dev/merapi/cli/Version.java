package dev.merapi.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** Merapi's version, which the build writes into {@code version.properties}. */
final class Version implements IVersionProvider {
    @Override public String[] getVersion() { return new String[] {"merapi " + read()}; }

    static String read() {
        try (var in = Version.class.getResourceAsStream("version.properties")) {
            var properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
