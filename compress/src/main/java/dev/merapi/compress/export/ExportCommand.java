package dev.merapi.compress.export;

import dev.merapi.recipe.Command;
import dev.merapi.recipe.Describe;
import dev.merapi.recipe.Runs;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;

/** {@code merapi export}: a run's model as ONNX, for other programs. */
public final class ExportCommand implements Command<ExportCommand.Config> {
    /** Settings. */
    public record Config(@Describe("the file; empty for model.onnx in the run") String out) {}

    @Override public String name() { return "export"; }

    @Override public String description() { return "Write a run's model as ONNX, for other programs to run."; }

    @Override public String arguments() { return "<run>..."; }

    @Override public Config defaults() { return new Config(""); }

    @Override public void run(List<String> arguments, Config settings, Device device, Answers out) {
        Expect.that(!arguments.isEmpty() && (arguments.size() == 1 || settings.out.isEmpty()), "export",
                "a run, or several without out=<file>", arguments);
        arguments.forEach(run -> out.answer(run, () -> export(Path.of(run), settings)));
    }

    private static Answer export(Path run, Config settings) {
        var file = settings.out.isEmpty() ? run.resolve("model.onnx") : Path.of(settings.out);
        try (var job = Runs.open(run)) {
            var model = OnnxModels.of(job);
            var written = Onnx.write(model, file);
            var values = new LinkedHashMap<String, Object>();
            values.put("file", file.toString());
            values.put("opset", Onnx.OPSET);
            values.put("operators", written.operators());
            values.put("folded", written.folded());
            values.put("bytes", written.bytes());
            model.inputs().forEach(input -> values.put(input.name(), input.axes()));
            return new Answer(words(model, written, file), values);
        }
    }

    private static String words(OnnxModel model, Onnx.Written written, Path file) {
        var words = new StringBuilder(String.format(Locale.ROOT, "%s, %.1f MiB, %d operators of opset %d", file,
                written.bytes() / 1048576.0, written.operators(), Onnx.OPSET));
        if (written.folded() > 0) words.append(", ").append(written.folded()).append(" norms folded");
        model.inputs().forEach(input -> words.append("\n  input  ").append(input.name()).append(' ')
                .append(input.type()).append(' ').append(input.axes()));
        model.outputs().forEach(output -> words.append("\n  output ").append(output));
        return words.toString();
    }
}
