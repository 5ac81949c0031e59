package dev.merapi.cli;

import dev.merapi.tensor.Torch;
import java.util.LinkedHashMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code merapi info}. */
@Command(name = "info", description = "Show versions, the engine, its BLAS, threads and devices.")
final class InfoCommand implements Runnable {
    @Option(names = "--json", description = "Write an object.")
    private boolean json;

    @Spec private CommandSpec spec;

    @Override public void run() {
        var values = new LinkedHashMap<String, Object>();
        values.put("merapi", Version.read());
        values.put("libtorch", Torch.version());
        values.put("blas", Torch.blas());
        values.put("onednn", Torch.hasOneDnn());
        values.put("cpu", Torch.cpuCapability());
        values.put("threads", Torch.threads());
        values.put("cuda_devices", Torch.cudaDevices());
        values.put("java", Runtime.version().toString());
        values.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                + System.getProperty("os.arch"));
        values.put("heap_limit_mib", Runtime.getRuntime().maxMemory() / (1 << 20));
        var out = spec.commandLine().getOut();
        if (json) out.println(Json.line(values));
        else values.forEach((name, value) -> out.printf("%-15s %s%n", name, value));
    }
}
