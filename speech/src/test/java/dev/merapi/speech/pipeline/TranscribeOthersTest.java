package dev.merapi.speech.pipeline;

import dev.merapi.io.Safetensors;
import dev.merapi.recipe.Command;
import dev.merapi.speech.Goldens;
import dev.merapi.speech.TestSignal;
import dev.merapi.speech.transcript.Transcriber;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** The command with a model from elsewhere: a Whisper of random weights. */
class TranscribeOthersTest {
    @TempDir Path folder;

    @Test void aFolderOfWhisperIsAskedToo() throws IOException {
        try (var files = Files.list(Goldens.resource("/tiny_whisper"))) {
            for (Path file : files.toList()) Files.copy(file, folder.resolve(file.getFileName().toString()));
        }
        try (var _ = Scope.open()) {
            Safetensors.write(folder.resolve("model.safetensors"), Goldens.open("whisper").under("param."), Map.of());
        }
        Path sound = folder.resolve("sound.wav");
        TestSignal.audio(16_000, 16_000).write(sound);
        var words = new ArrayList<String>();
        var answers = new Command.Answers() {
            @Override public void answer(String input, Command.Answer answer) { words.add(answer.words()); }

            @Override public void failed(String input, RuntimeException error) { throw error; }
        };
        var command = new TranscribeCommand();
        var arguments = List.of(folder.toString(), sound.toString());
        command.run(arguments, command.defaults(), Device.CPU, answers);
        try (var model = Transcriber.open(folder, Device.CPU)) {
            assertEquals(List.of(model.predict(model.parse(sound.toString())).text()), words);
        }
        assertEquals("beam: expected 0 for a model that searches in its own way. Received 4.",
                assertThrows(IllegalArgumentException.class, () -> command.run(arguments,
                        new TranscribeCommand.Config(TranscribeCommand.Form.TEXT, "", 4), Device.CPU, answers))
                        .getMessage());
    }
}
