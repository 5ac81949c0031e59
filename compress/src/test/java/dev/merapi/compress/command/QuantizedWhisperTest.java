package dev.merapi.compress.command;

import dev.merapi.compress.quantize.Quantization;
import dev.merapi.recipe.Command;
import dev.merapi.recipe.Settings;
import dev.merapi.speech.audio.Audio;
import dev.merapi.speech.pipeline.TranscribeCommand;
import dev.merapi.speech.transcript.Transcriber;
import dev.merapi.speech.whisper.Whisper;
import dev.merapi.speech.whisper.WhisperConfig;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Rng;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A small Whisper of random weights in 8 bits: it computes nearly the same, and is asked as any. */
class QuantizedWhisperTest {
    @TempDir Path folder;

    private Path whisper;

    @BeforeEach void writeFolder() throws IOException {
        Path tiny = Path.of("../speech/src/test/resources/tiny_whisper");
        whisper = Files.createDirectories(folder.resolve("whisper"));
        try (var files = Files.list(tiny)) {
            for (Path file : files.toList()) Files.copy(file, whisper.resolve(file.getFileName()));
        }
        Path config = whisper.resolve("config.json");
        Files.writeString(config, Files.readString(config).replace("\"d_model\": 8", "\"d_model\": 64")
                .replace("_ffn_dim\": 12", "_ffn_dim\": 128"));
        Torch.seed(4);
        try (var model = new Whisper(WhisperConfig.read(whisper)); var _ = Scope.open(); var _ = Torch.noGrad()) {
            model.params().values().forEach(weight -> weight.mul_(2)); // so that logits differ
            model.save(whisper);
        }
    }

    private static Tensor logits(Whisper model) {
        Tensor features = Tensor.randn(new Rng(1), 3, 8, 20);
        return model.forward(features, Tensor.of(new long[] {17, 19, 21, 4, 7, 17, 18, 21, 9, 2, 17, 19, 22, 1, 30},
                3, 5));
    }

    @ParameterizedTest @ValueSource(booleans = {false, true})
    void logitsStayNear(boolean byRow) {
        long before = Scope.live();
        try (var model = Whisper.load(whisper); var _ = Scope.open(); var _ = Torch.noGrad()) {
            model.eval();
            Tensor exact = logits(model);
            if (byRow) Quantization.byRow(model, _ -> true);
            else Quantization.dynamic(model, _ -> true);
            Tensor spread = exact.sub(exact.mean()).square().mean();
            double error = logits(model).sub(exact).square().mean().div(spread).sqrt().item();
            assertTrue(error > 0 && error < 0.05, "a part of " + error + " of the logits' spread");
        }
        assertTrue(Scope.live() <= before, "tensors are left");
    }

    private static final class Said implements Command.Answers {
        final List<String> words = new ArrayList<>();

        @Override public void answer(String input, Command.Answer answer) { words.add(answer.words()); }

        @Override public void failed(String input, RuntimeException error) { throw error; }
    }

    private static <C extends Record> String run(Command<C> command, List<String> arguments, String... settings) {
        var said = new Said();
        command.run(arguments, Settings.bind(command.defaults(), Settings.override(Map.of(), settings),
                command.name()), Device.CPU, said);
        return said.words.getFirst();
    }

    @Test void theCommandsMakeAndAskIt() throws IOException {
        var random = new SplittableRandom(3);
        var samples = new float[3200];
        for (int t = 0; t < samples.length; t++) samples[t] = (float) (0.3 * random.nextGaussian());
        Path sound = folder.resolve("sound.wav");
        Audio.of(samples, 16_000).write(sound);
        Path list = Files.writeString(folder.resolve("sounds.txt"), sound + "\n");
        String table = run(new QuantizeCommand(), List.of(whisper.toString()), "inputs=" + list);
        assertTrue(table.contains("same answers"), table);
        Path small = folder.resolve("whisper-quantized");
        assertTrue(Files.size(small.resolve("model.safetensors"))
                < 0.5 * Files.size(whisper.resolve("model.safetensors")), table);
        String heard = run(new TranscribeCommand(), List.of(small.toString(), sound.toString()));
        try (var model = Transcriber.open(small, Device.CPU)) {
            assertEquals(model.predict(Audio.read(sound)).text(), heard);
        }
    }
}
