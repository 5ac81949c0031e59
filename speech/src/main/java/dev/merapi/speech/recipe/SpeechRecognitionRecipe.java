package dev.merapi.speech.recipe;

import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import dev.merapi.speech.data.BadClip;
import java.nio.file.Path;

/** A user's own recordings with their texts, learnt from nothing. */
public final class SpeechRecognitionRecipe implements Recipe<SpeechConfig> {
    @Override public String name() { return "speech-recognition"; }

    @Override public String description() {
        return "Speech to text from your own recordings: data=<table or corpus>, model=ctc (Deep Speech 2), las or"
                + " conformer";
    }

    @Override public SpeechConfig defaults() {
        return new SpeechConfig("", "", 0.1, SpeechConfig.Network.CTC, 16_000, 80, 0, 0, 0, 0.2, true, BadClip.FAIL, 20,
                true, 3, "", 0.5, 1, SpeechConfig.CTC_WEIGHT, 32, 60, 60, 1e-3, 1337);
    }

    @Override public Job<?> job(SpeechConfig config) { return SpeechJob.of(config); }

    @Override public Job<?> job(SpeechConfig config, Path run) { return SpeechJob.resumed(config, run); }
}
