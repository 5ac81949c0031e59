package dev.merapi.text.pipeline;

import dev.merapi.recipe.Bits;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.causal.CausalLm;
import dev.merapi.text.model.causal.Share;
import dev.merapi.text.model.causal.Stage;
import dev.merapi.text.model.causal.StageServer;
import dev.merapi.text.model.causal.Stages;
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
import java.util.stream.IntStream;

/**
 * Stages of a model as processes of this machine, which end with this one. Stages work one after the other, so that
 * each may use all cores, which the parts of one divide among them; on a machine with several GPUs each process takes
 * one.
 */
public final class LocalStages {
    private static final String TOKEN = "MERAPI_STAGE_TOKEN"; // a variable, for arguments are seen by all users

    private LocalStages() {}

    /**
     * Starts them. Each has as many blocks as another, but for one; stages in parts have all, and this process none.
     *
     * @param folder of the model, or its GGUF file
     * @param count of all stages, this process among them unless they are in parts
     * @param parts how many processes each stage is, which have some heads each; 1 for whole stages
     * @param bits of the weights, in each process
     * @param device of this process
     * @param limit how long a stage may take for an answer
     * @throws IllegalArgumentException if there are fewer blocks than stages, the heads of keys cannot be divided, or
     *     parts were to be rounded
     * @throws IllegalStateException if one could not be started
     */
    public static Stages start(Path folder, int count, int parts, Bits bits, Device device, Duration limit) {
        var source = ModelSource.of(folder);
        int blocks = source.blocks();
        Expect.atLeast("parts", 1, parts);
        if (parts > 1) expectParts(source, parts, bits);
        int least = parts == 1 ? 2 : 1;
        Expect.that(count >= least && count <= blocks, "stages", "at least " + least + ", and no more than the model's "
                + blocks + " blocks", count);
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        String token = HexFormat.of().formatHex(random);
        var starting = new Starting(folder, Torch.dtype(), bits, device, token, new ArrayList<>());
        try {
            var stages = IntStream.range(parts == 1 ? 1 : 0, count)
                    .mapToObj(i -> Stage.of(i * blocks / count, (i + 1) * blocks / count)).toList();
            var others = stages.stream().map(stage -> IntStream.range(1, parts) // of each stage, before its first
                    .mapToObj(part -> starting.start(stage, new Share(part, parts), List.of())).toList()).toList();
            var firsts = new ArrayList<Process>();
            for (int i = 0; i < stages.size(); i++) {
                firsts.add(starting.start(stages.get(i), new Share(0, parts), places(others.get(i))));
            }
            return Stages.at(places(firsts), token, limit, starting::end);
        } catch (RuntimeException e) {
            starting.end();
            throw e;
        }
    }

    /** As the processes would say too, but before they are started. */
    private static void expectParts(ModelSource source, int parts, Bits bits) {
        int heads = source.heads();
        Expect.that(heads % parts == 0, "parts", "a number that divides the " + heads + " heads of keys", parts);
        Share.expectUnrounded(bits);
    }

    private static List<String> places(List<Process> processes) {
        return processes.stream().map(process -> "127.0.0.1:" + port(process)).toList();
    }

    /** What all processes have in common, and those that were started. */
    private record Starting(Path folder, DType type, Bits bits, Device device, String token,
            List<Process> processes) {
        /** @param others places of the other parts, for the first */
        Process start(Stage stage, Share share, List<String> others) {
            var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
            command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), LocalStages.class.getName(),
                    folder.toString(), "" + stage.from(), "" + stage.to(), type.name(), next().toString(),
                    "" + share.index(), "" + share.of(), String.join(",", others), bits.name()));
            var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().put(TOKEN, token);
            try {
                processes.add(builder.start());
                return processes.getLast();
            } catch (IOException e) {
                throw new UncheckedIOException("stages: a process could not be started: " + e.getMessage(), e);
            }
        }

        private Device next() {
            return device.kind() == Device.Kind.CUDA ? Device.cuda((device.index() + processes.size() + 1)
                    % Torch.cudaDevices()) : device;
        }

        void end() { processes.forEach(Process::destroy); }
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

    /** Places between commas; none of an empty text. */
    static List<String> places(String text) { return text.isEmpty() ? List.of() : List.of(text.split(",")); }

    /** One of the processes: it says its port, and ends when nobody holds its input open any more. */
    static void main(String[] arguments) throws IOException {
        var stage = Stage.of(Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
        var share = new Share(Integer.parseInt(arguments[5]), Integer.parseInt(arguments[6]));
        Torch.threads(Math.max(1, Torch.threads() / share.of())); // parts compute at the same time
        CausalLm model;
        try (var _ = Torch.on(Device.CPU, DType.valueOf(arguments[3]))) {
            model = StageCommand.load(Path.of(arguments[0]), stage, share, Bits.valueOf(arguments[8]),
                    Device.parse(arguments[4]));
        }
        var server = StageServer.start(model, "127.0.0.1", 0, System.getenv(TOKEN), places(arguments[7]));
        IO.println(server.port());
        System.in.transferTo(OutputStream.nullOutputStream());
        Runtime.getRuntime().halt(0); // nothing is to be saved
    }
}
