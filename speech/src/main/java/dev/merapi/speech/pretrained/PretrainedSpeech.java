package dev.merapi.speech.pretrained;

import dev.merapi.io.ModelFolder;
import dev.merapi.recipe.Predictor;
import dev.merapi.speech.wav2vec.Wav2VecTranscriber;
import dev.merapi.speech.whisper.WhisperTranscriber;
import dev.merapi.tensor.Device;
import java.nio.file.Path;
import java.util.Set;

/** Models that write down speech, in folders as Hugging Face has them: Whisper, wav2vec 2 and HuBERT. */
public final class PretrainedSpeech implements Predictor.Format {
    private static final String WHISPER = "whisper";
    private static final Set<String> LETTERS = Set.of("wav2vec2", "hubert");

    @Override public boolean reads(Path folder) {
        String type = type(folder);
        return type.equals(WHISPER) || LETTERS.contains(type);
    }

    private static String type(Path folder) { return String.valueOf(ModelFolder.config(folder).get("model_type")); }

    @Override public Predictor<?, ?> open(Path folder, Device device) {
        return type(folder).equals(WHISPER) ? WhisperTranscriber.open(folder, device)
                : Wav2VecTranscriber.open(folder, device);
    }
}
