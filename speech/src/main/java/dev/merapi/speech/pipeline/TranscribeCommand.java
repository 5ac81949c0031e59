package dev.merapi.speech.pipeline;

import dev.merapi.recipe.Command;
import dev.merapi.recipe.Describe;
import dev.merapi.speech.transcript.Transcriber;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** {@code merapi transcribe}: writes down what recordings say. */
public final class TranscribeCommand implements Command<TranscribeCommand.Config> {
    /** What is written. */
    public enum Form { TEXT, SRT, VTT }

    /** Settings. */
    public record Config(
            @Describe("what is said, or a file of subtitles") Form form,
            @Describe("folder of the subtitles; empty: beside each recording") String out,
            @Describe("texts that are followed at once; 1 is greedy, 0 as it was trained") int beam) {
        public Config { Expect.atLeast("beam", 0, beam); }
    }

    @Override public String name() { return "transcribe"; }

    @Override public String description() { return "Write down what recordings say, with times."; }

    @Override public String arguments() { return "<run or model> <file>..."; }

    @Override public Config defaults() { return new Config(Form.TEXT, "", 0); }

    @Override public void run(List<String> arguments, Config settings, Device device, Answers out) {
        Expect.that(arguments.size() > 1, "transcribe", "a run and at least one recording", arguments);
        Path model = Path.of(arguments.getFirst());
        var files = arguments.subList(1, arguments.size());
        if (SpeechProcessor.isIn(model)) {
            try (var opened = SpeechRecognizer.open(model, device)) {
                var recognizer = settings.beam() == 0 ? opened
                        : opened.options(opened.options().beam(settings.beam()));
                for (String file : files) out.answer(file, () -> answer(recognizer::transcribe, file, settings));
            }
            return;
        }
        Expect.that(settings.beam() == 0, "beam", "0 for a model that searches in its own way", settings.beam());
        try (var opened = Transcriber.open(model, device)) {
            for (String file : files) {
                out.answer(file, () -> answer(f -> Transcript.of(opened.predict(opened.parse(f.toString()))), file,
                        settings));
            }
        }
    }

    private static Answer answer(Function<Path, Transcript> recognizer, String file, Config settings) {
        var said = recognizer.apply(Path.of(file));
        if (settings.form() == Form.TEXT) return new Answer(said.text(), said);
        var kind = settings.form() == Form.SRT ? Subtitles.SRT : Subtitles.VTT;
        Path written = subtitles(Path.of(file), settings.out(), "." + kind.name().toLowerCase(Locale.ROOT));
        kind.write(said, written);
        return new Answer(said.text() + " (" + written + ")", said);
    }

    private static Path subtitles(Path file, String folder, String end) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        String written = (dot > 0 ? name.substring(0, dot) : name) + end;
        return folder.isEmpty() ? file.resolveSibling(written) : Path.of(folder).resolve(written);
    }
}
