package dev.merapi.text.pipeline;

import dev.merapi.io.ModelFolder;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.causal.Stage;
import dev.merapi.text.model.causal.StageServer;
import dev.merapi.text.model.causal.Stages;
import dev.merapi.text.model.gpt.Gpt2Config;
import dev.merapi.text.model.llama.LlamaConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Stages of a model as processes of this machine, which end with this one. Stages work one after the other, so that
 * each may use all cores; on a machine with several GPUs each takes one.
 */
public final class LocalStages {
    private static final String TOKEN = "MERAPI_STAGE_TOKEN"; // a variable, for arguments are seen by all users

    private LocalStages() {}

    /**
     * Starts them. Each has as many blocks as another, but for one.
     *
     * @param folder of the model
     * @param count of all stages, this process among them
     * @param type of the weights
     * @param device of this process
     * @param limit how long a stage may take for an answer
     * @throws IllegalArgumentException if there are fewer blocks than stages
     * @throws IllegalStateException if one could not be started
     */
    public static Stages start(Path folder, int count, DType type, Device device, Duration limit) {
        int blocks = "gpt2".equals(ModelFolder.config(folder).get("model_type")) ? Gpt2Config.read(folder).nLayer()
                : LlamaConfig.read(folder).numHiddenLayers();
        Expect.that(count > 1 && count <= blocks, "stages", "at least 2, and no more than the model's " + blocks
                + " blocks", count);
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        String token = HexFormat.of().formatHex(random);
        var processes = new ArrayList<Process>();
        try {
            for (int i = 1; i < count; i++) {
                processes.add(start(folder, i * blocks / count, (i + 1) * blocks / count, type, deviceOf(i, device),
                        token));
            }
            var places = new ArrayList<String>();
            for (var process : processes) places.add("127.0.0.1:" + port(process));
            return Stages.at(places, token, limit, () -> processes.forEach(Process::destroy));
        } catch (RuntimeException e) {
            processes.forEach(Process::destroy);
            throw e;
        }
    }

    private static Device deviceOf(int stage, Device device) {
        return device.kind() == Device.Kind.CUDA ? Device.cuda((device.index() + stage) % Torch.cudaDevices()) : device;
    }

    private static Process start(Path folder, int from, int to, DType type, Device device, String token) {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), LocalStages.class.getName(),
                folder.toString(), "" + from, "" + to, type.name(), device.toString()));
        var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put(TOKEN, token);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("stages: a process could not be started: " + e.getMessage(), e);
        }
    }

    /** The first line that a stage says, when it has loaded its blocks. */
    private static int port(Process process) {
        try {
            String line = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();
            if (line != null) return Integer.parseInt(line);
        } catch (IOException | NumberFormatException e) {
            throw new IllegalStateException("stages: a process said nothing that is a port: " + e.getMessage(), e);
        }
        throw new IllegalStateException("stages: a process has ended before it had loaded its blocks; what went wrong"
                + " is said above.");
    }

    /** One of the processes: it says its port, and ends when nobody holds its input open any more. */
    static void main(String[] arguments) throws IOException {
        var stage = Stage.of(Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
        var model = StageCommand.load(Path.of(arguments[0]), stage, DType.valueOf(arguments[3]),
                Device.parse(arguments[4]));
        var server = StageServer.start(model, "127.0.0.1", 0, System.getenv(TOKEN));
        IO.println(server.port());
        System.in.transferTo(OutputStream.nullOutputStream());
        Runtime.getRuntime().halt(0); // nothing is to be saved
    }
}
