package dev.merapi.speech.synthesis;

import dev.merapi.speech.audio.Audio;
import dev.merapi.speech.data.Alphabet;
import dev.merapi.speech.decode.ErrorRate;
import dev.merapi.speech.pipeline.SpeechRecognizer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What a recogniser understands of a voice: its word and character error rates on texts as the voice says them, and on
 * their recordings. No voice is to be expected below the recordings' rates. Capitals and punctuation do not count.
 */
final class Intelligibility {
    private Intelligibility() {}

    /** {@code wer_said}, {@code cer_said}, {@code wer_recorded}, {@code cer_recorded}. */
    static Map<String, Double> of(Synthesizer voice, SpokenLines lines, SpeechRecognizer recogniser) {
        var values = new LinkedHashMap<String, Double>();
        rates(clip -> voice.predict(clip.text()), lines, recogniser).forEach(rate -> values.put(rate.name() + "_said",
                rate.value()));
        rates(clip -> voice.processor().read(clip.file()), lines, recogniser).forEach(rate -> values.put(rate.name()
                + "_recorded", rate.value()));
        return values;
    }

    private static List<ErrorRate> rates(Function<SpokenLines.Clip, Audio> sound, SpokenLines lines,
            SpeechRecognizer recogniser) {
        var rates = List.of(ErrorRate.words(), ErrorRate.characters());
        for (var clip : lines.clips()) {
            var heard = List.of(Alphabet.plain(recogniser.predict(sound.apply(clip)).text()));
            rates.forEach(rate -> rate.update(heard, List.of(Alphabet.plain(clip.text()))));
        }
        return rates;
    }
}
