package dev.merapi.speech.recipe;

import dev.merapi.data.Loader;
import dev.merapi.nn.Summary;
import dev.merapi.optim.AdamW;
import dev.merapi.optim.Schedule;
import dev.merapi.recipe.Job;
import dev.merapi.speech.audio.Audio;
import dev.merapi.speech.data.Alphabet;
import dev.merapi.speech.data.SpeechSet;
import dev.merapi.speech.data.Utterance;
import dev.merapi.speech.decode.DecodeOptions;
import dev.merapi.speech.decode.ErrorRate;
import dev.merapi.speech.decode.ForcedAlignment;
import dev.merapi.speech.decode.KneserNey;
import dev.merapi.speech.decode.NGramModel;
import dev.merapi.speech.model.SpeechBatch;
import dev.merapi.speech.pipeline.SpeechProcessor;
import dev.merapi.speech.pipeline.SpeechRecognizer;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Trainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Trains a recogniser. */
final class SpeechJob implements Job<SpeechBatch> {
    private static final String WORDS = "words.arpa";
    private static final int NORMALISED_BY = 500; // recordings are enough for the bands' means
    private static final int TEST_SECONDS = 120; // in a batch
    private static final double MAX_NORM = 5; // of gradients

    private final SpeechConfig config;
    private final SpeechProcessor processor;
    private final NGramModel words; // or null
    private final Recogniser network;
    private final Trainer<SpeechBatch> trainer;
    private Recordings recordings; // null until they are asked for

    private SpeechJob(SpeechConfig config, SpeechProcessor processor, NGramModel words) {
        this.config = config;
        this.processor = processor;
        this.words = words;
        Torch.seed(config.seed());
        network = Recogniser.of(config, processor.alphabet());
        trainer = Trainer.of(network.task())
                .optimizer(model -> new AdamW(model, config.learningRate(), 1e-2))
                .scheduleOver(steps -> Schedule.cosine(steps).afterWarmup(steps / config.epochs()))
                .clipNorm(MAX_NORM).epochs(config.epochs()).seed(config.seed());
    }

    /** A new one, with the symbols, means and words of the data. */
    static SpeechJob of(SpeechConfig config) {
        var recordings = Recordings.of(config);
        var train = recordings.train();
        var alphabet = Alphabet.of(train.utterances().stream().map(Utterance::text));
        SpeechProcessor processor;
        try (var _ = Scope.open()) {
            processor = SpeechProcessor.of(config.rate(), config.mels(), train.utterances().stream()
                    .limit(NORMALISED_BY).map(utterance -> Audio.read(utterance.audio(), config.rate())), alphabet);
        }
        var words = config.lmOrder() == 0 ? null : KneserNey.train(Recordings.texts(config, train), config.lmOrder());
        var job = new SpeechJob(config, processor, words);
        job.recordings = job.fitting(recordings);
        return job;
    }

    /** One that was begun, with what it left. */
    static SpeechJob resumed(SpeechConfig config, Path run) {
        Path file = run.resolve(WORDS);
        return new SpeechJob(config, SpeechProcessor.load(run), Files.exists(file) ? NGramModel.read(file) : null);
    }

    @Override public void save(Path run) {
        processor.save(run);
        if (words != null) words.write(run.resolve(WORDS));
    }

    private Recordings recordings() {
        if (recordings == null) recordings = fitting(Recordings.of(config));
        return recordings;
    }

    /** Those whose symbols are known and fit into their frames. */
    private Recordings fitting(Recordings all) {
        var fitting = new Recordings(fitting(all.train()), fitting(all.test()));
        sayLeftOut("training", fitting.train());
        sayLeftOut("test", fitting.test());
        return fitting;
    }

    private SpeechSet fitting(SpeechSet set) {
        return set.checked(config.onError(), utterance -> {
            long frames = network.frames().applyAsLong(processor.frames(utterance.seconds()));
            long[] ids;
            try {
                ids = processor.alphabet().encode(utterance.text());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(utterance.audio() + ": " + e.getMessage(), e);
            }
            int least = ForcedAlignment.leastFrames(ids);
            Expect.that(least <= frames, utterance.audio().toString(), "at least " + least + " frames for the "
                    + ids.length + " symbols of its text", frames + " in " + utterance.seconds() + " s; is the text"
                    + " another's? on_error=skip leaves it out");
        });
    }

    private static void sayLeftOut(String part, SpeechSet set) {
        if (set.skipped().isEmpty()) return;
        System.err.println("Left out " + set.skipped().size() + " " + part + " recordings, such as "
                + set.skipped().getFirst());
    }

    @Override public Trainer<SpeechBatch> trainer() { return trainer; }

    @Override public Loader<SpeechBatch> train() {
        var clips = new Clips(recordings().train().utterances(), processor, config.augment());
        return loader(clips, config.batchSeconds()).shuffle(config.seed());
    }

    @Override public Loader<SpeechBatch> test() {
        return loader(new Clips(recordings().test().utterances(), processor, false), TEST_SECONDS);
    }

    private Loader<SpeechBatch> loader(Clips clips, double seconds) {
        int[] lengths = clips.utterances().stream().mapToInt(u -> processor.frames(u.seconds())).toArray();
        long longest = 1;
        for (int length : lengths) longest = Math.max(longest, length);
        return Loader.maxTokens(clips, lengths, Math.max(longest, processor.frames(seconds)), SpeechBatch.collate());
    }

    /** Error rates with the language model, by beams. */
    @Override public Map<String, Double> finalMetrics() {
        if (config.beam() == 1) return Map.of();
        var test = recordings().test().utterances();
        var rates = List.of(ErrorRate.words(), ErrorRate.characters());
        var recognizer = predictor();
        for (var utterance : test) {
            var heard = recognizer.predict(Audio.read(utterance.audio(), processor.rate()));
            rates.forEach(rate -> rate.update(List.of(heard.text()), List.of(utterance.text())));
        }
        var values = new LinkedHashMap<String, Double>();
        rates.forEach(rate -> values.put(rate.name() + "_beam", rate.value()));
        return values;
    }

    @Override public Summary summary() {
        Tensor one = Tensor.zeros(1, processor.mels(), 200);
        return Summary.of(network.model(), () -> network.forward().accept(one, Tensor.of(new long[] {200})));
    }

    @Override public SpeechRecognizer predictor() {
        var sound = DecodeOptions.of(config.beam()).ctc(config.ctcWeight());
        return new SpeechRecognizer(network.ear(), processor,
                words == null ? sound : sound.model(words, config.lmWeight(), config.wordBonus()));
    }
}
