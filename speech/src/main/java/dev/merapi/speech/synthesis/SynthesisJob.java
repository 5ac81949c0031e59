package dev.merapi.speech.synthesis;

import dev.merapi.data.Loader;
import dev.merapi.nn.Summary;
import dev.merapi.optim.Adam;
import dev.merapi.optim.Schedule;
import dev.merapi.recipe.Job;
import dev.merapi.speech.pipeline.SpeechProcessor;
import dev.merapi.speech.pipeline.SpeechRecognizer;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Trainer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Trains a voice. */
final class SynthesisJob implements Job<VoiceBatch> {
    private static final int HEADS = 2;

    private final SynthesisRecipe.Config config;
    private final VoiceProcessor processor;
    private final FastSpeech2 model;
    private final Trainer<VoiceBatch> trainer;
    private SpokenLines.Split data; // read when a loader is asked for

    SynthesisJob(SynthesisRecipe.Config config, VoiceProcessor processor) {
        this.config = config;
        this.processor = processor;
        Torch.seed(config.seed());
        model = new FastSpeech2(new FastSpeech2.Config(config.width(), HEADS, config.layers(), config.hidden(),
                config.dropout()), processor.symbols().size(), processor.bands());
        trainer = Trainer.of(new FastSpeechTask(model))
                .optimizer(m -> new Adam(m, config.learningRate()))
                .scheduleOver(steps -> Schedule.cosine(steps).afterWarmup(steps / 10))
                .clipNorm(1).epochs(config.epochs()).seed(config.seed());
    }

    @Override public Trainer<VoiceBatch> trainer() { return trainer; }

    @Override public Loader<VoiceBatch> train() {
        expectRecogniser(); // rather than when all is trained
        return data().train().train(processor, config.batchSize(), config.seed());
    }

    @Override public Loader<VoiceBatch> test() { return data().test().test(processor, config.batchSize()); }

    private SpokenLines.Split data() {
        if (data != null) return data;
        Expect.that(!config.data().isEmpty(), "data", "a folder with metadata.csv and wavs", "none; add data=<folder>");
        var all = SpokenLines.read(Path.of(config.data()));
        var usable = all.usable(processor);
        int left = all.clips().size() - usable.clips().size();
        if (left > 0) {
            System.err.println("Left out " + left + " recordings with letters that are not among \""
                    + processor.letters() + "\", or with fewer frames than letters");
        }
        data = usable.split(config.testFraction(), config.seed());
        return data;
    }

    private void expectRecogniser() {
        if (config.recogniser().isEmpty()) return;
        int rate = SpeechProcessor.load(Path.of(config.recogniser())).rate();
        Expect.that(rate == processor.rate(), "recogniser", "a run that hears " + processor.rate() + " Hz, as the voice"
                + " says", "one of " + rate + " Hz in " + config.recogniser());
    }

    /**
     * How far the held-out texts, as they are said, are from their recordings, in decibels; and, where a recogniser is
     * named, what it understands of both.
     */
    @Override public Map<String, Double> finalMetrics() {
        var values = new LinkedHashMap<String, Double>();
        var voice = predictor();
        values.put("mel_cepstral_distortion", voice.distortion(data().test()));
        if (config.recogniser().isEmpty()) return values;
        expectRecogniser();
        try (var recogniser = SpeechRecognizer.open(Path.of(config.recogniser()))) {
            values.putAll(Intelligibility.of(voice, data().test(), recogniser));
        }
        return values;
    }

    @Override public Summary summary() {
        return Summary.of(model, () -> model.say(processor.symbols().encode("hello"), 1));
    }

    @Override public void save(Path run) { processor.save(run); }

    @Override public Synthesizer predictor() { return new Synthesizer(model, processor); }
}
