package dev.merapi.cli;

import dev.merapi.tensor.Device;
import picocli.CommandLine.Option;

/** {@code --device}, of every command that computes. */
final class DeviceOption {
    @Option(names = "--device", defaultValue = "auto", paramLabel = "<device>",
            description = "cpu, cuda, cuda:<index> or auto (default: ${DEFAULT-VALUE}).")
    private String device;

    /** As it was given. */
    String text() { return device; }

    Device get() { return Device.parse(device); }
}
