package dev.merapi.compress.export;

import dev.merapi.compress.Subject;
import dev.merapi.io.ModelCard;
import dev.merapi.nn.BatchNorm;
import dev.merapi.nn.Signature;
import dev.merapi.recipe.Command;
import dev.merapi.recipe.Describe;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Runs;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** {@code merapi export}: a run's model as ONNX, for other programs. */
public final class ExportCommand implements Command<ExportCommand.Config> {
    /** Settings. */
    public record Config(
            @Describe("the file; empty for model.onnx in the run") String out,
            @Describe("axes that get one size alone, such as frames=300") List<String> fixed) {}

    @Override public String name() { return "export"; }

    @Override public String description() { return "Write a run's model as ONNX, for other programs to run."; }

    @Override public String arguments() { return "<run>..."; }

    @Override public Config defaults() { return new Config("", List.of()); }

    @Override public void run(List<String> arguments, Config settings, Device device, Answers out) {
        Expect.that(!arguments.isEmpty() && (arguments.size() == 1 || settings.out.isEmpty()), "export",
                "a run, or several without out=<file>", arguments);
        arguments.forEach(run -> out.answer(run, () -> export(Path.of(run), settings)));
    }

    private static Answer export(Path run, Config settings) {
        var file = settings.out.isEmpty() ? run.resolve("model.onnx") : Path.of(settings.out);
        try (var job = Runs.open(run)) {
            var model = job.signature();
            for (String axis : settings.fixed) model = fixed(model, axis);
            var written = Onnx.write(model, file);
            var values = new LinkedHashMap<String, Object>();
            values.put("file", file.toString());
            values.put("opset", Onnx.OPSET);
            values.put("operators", written.operators());
            values.put("folded", written.folded());
            values.put("bytes", written.bytes());
            model.inputs().forEach(input -> values.put(input.name(), input.axes()));
            ModelCard.keep(run, "Exported: onnx", table(run, job, model, written));
            return new Answer(words(model, written, file), values);
        }
    }

    private static Signature fixed(Signature model, String axis) {
        Expect.that(axis.matches("\\w+=[1-9]\\d{0,8}"), "fixed", "an axis and its size, such as frames=300", axis);
        int at = axis.indexOf('=');
        return model.fixed(axis.substring(0, at), Long.parseLong(axis.substring(at + 1)));
    }

    /** What the file is beside the run's own, for the card. */
    private static String table(Path run, Job<?> job, Signature model, Onnx.Written written) {
        var network = job.trainer().task().model();
        long norms = network.layers().values().stream().filter(BatchNorm.class::isInstance).count();
        return String.format(Locale.ROOT, """
                |  | before | ONNX |
                |---|---:|---:|
                | Size | %.1f KiB | %.1f KiB |
                | Parameters | %,d | the same |
                | Multiply-adds | %,d | the same |
                | Batch norms | %d | %d |
                | Operators of opset %d | | %,d |

                Inputs: %s. Outputs: %s.""", kib(Subject.bytes(run.resolve("model.safetensors"))),
                kib(written.bytes()), Subject.parameters(network), job.summary().multiplyAdds(), norms,
                norms - written.folded(), Onnx.OPSET, written.operators(), model.inputs().stream()
                        .map(input -> input.name() + " " + input.type() + " " + input.axes())
                        .collect(Collectors.joining(", ")), String.join(", ", model.outputs()));
    }

    private static double kib(long bytes) { return bytes / 1024.0; }

    private static String words(Signature model, Onnx.Written written, Path file) {
        var words = new StringBuilder(String.format(Locale.ROOT, "%s, %.1f MiB, %d operators of opset %d", file,
                written.bytes() / 1048576.0, written.operators(), Onnx.OPSET));
        if (written.folded() > 0) words.append(", ").append(written.folded()).append(" norms folded");
        model.inputs().forEach(input -> words.append("\n  input  ").append(input.name()).append(' ')
                .append(input.type()).append(' ').append(input.axes()));
        model.outputs().forEach(output -> words.append("\n  output ").append(output));
        return words.toString();
    }
}
