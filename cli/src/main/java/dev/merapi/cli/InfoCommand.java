package dev.merapi.cli;

import dev.merapi.tensor.Torch;
import java.util.LinkedHashMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code merapi info}. */
@Command(name = "info", description = "Show versions, the engine, its BLAS, threads and devices.")
final class InfoCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Override public void run() {
        var lines = new LinkedHashMap<String, Object>();
        lines.put("Merapi", Version.read());
        lines.put("libtorch", Torch.version());
        lines.put("BLAS", Torch.blas());
        lines.put("CPU", Torch.cpuCapability() + ", " + Torch.threads() + " threads");
        lines.put("CUDA devices", Torch.cudaDevices());
        lines.put("Java", Runtime.version());
        lines.put("System", System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                + System.getProperty("os.arch"));
        lines.put("Heap limit", Runtime.getRuntime().maxMemory() / (1 << 20) + " MiB");
        var out = spec.commandLine().getOut();
        lines.forEach((name, value) -> out.printf("%-13s %s%n", name, value));
    }
}
