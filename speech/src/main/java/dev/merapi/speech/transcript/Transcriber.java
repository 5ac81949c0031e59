package dev.merapi.speech.transcript;

import dev.merapi.recipe.Predictor;
import dev.merapi.speech.audio.Audio;
import dev.merapi.speech.audio.AudioStream;
import dev.merapi.tensor.Device;
import java.nio.file.Path;
import java.util.List;

/** A model that writes down what is said. */
public interface Transcriber extends Predictor<Audio, SpokenText> {
    /**
     * The model in the folder of a run, or in one that a module reads, such as Hugging Face's.
     *
     * @throws IllegalArgumentException if it is no model that writes down speech
     */
    static Predictor<Audio, SpokenText> open(Path folder, Device device) {
        var model = Predictor.open(folder, device);
        try {
            return model.as(Audio.class, SpokenText.class);
        } catch (IllegalArgumentException e) {
            model.close();
            throw e;
        }
    }

    /** Samples in a second that it hears. */
    int rate();

    /** What is said in a sound of one channel and this {@link #rate}, however long. */
    SpokenText transcribe(AudioStream sound);

    @Override default Class<Audio> input() { return Audio.class; }

    @Override default Class<SpokenText> output() { return SpokenText.class; }

    @Override default List<SpokenText> predict(List<Audio> sounds) {
        return sounds.stream().map(sound -> transcribe(AudioStream.of(sound).mono().resample(rate()))).toList();
    }

    /** @param typed the path of a sound file */
    @Override default Audio parse(String typed) { return Audio.read(Path.of(typed), rate()); }

    /** The text. */
    @Override default String format(SpokenText said) { return said.text(); }
}
