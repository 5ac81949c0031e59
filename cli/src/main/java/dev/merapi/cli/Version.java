package dev.merapi.cli;

import picocli.CommandLine.IVersionProvider;

/** What {@code merapi --version} prints. */
final class Version implements IVersionProvider {
    @Override public String[] getVersion() { return new String[] {"merapi " + read()}; }

    static String read() { return dev.merapi.internal.Version.read(); }
}
