package dev.merapi.text.recipe;

import dev.merapi.data.Batch;
import dev.merapi.data.Loader;
import dev.merapi.nn.Summary;
import dev.merapi.optim.Adam;
import dev.merapi.optim.AdamW;
import dev.merapi.optim.ParamGroup;
import dev.merapi.optim.Schedule;
import dev.merapi.recipe.Job;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.causal.CausalLanguageModelling;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.gpt.Gpt2Config;
import dev.merapi.text.pipeline.TextGenerator;
import dev.merapi.text.tokenizer.BpeTrainer;
import dev.merapi.text.tokenizer.CharTokenizer;
import dev.merapi.text.tokenizer.TextCodec;
import dev.merapi.text.tokenizer.Tokenizer;
import dev.merapi.train.Trainer;
import java.nio.file.Path;

/** Trains a GPT on a text. */
final class LanguageModelJob implements Job<Batch> {
    private static final int WARMUP = 100;
    private static final int TEST_BATCH = 64;
    private static final Adam.Options OPTIONS = AdamW.DEFAULT.betas(0.9, 0.99); // nanoGPT's
    private static final String CHARACTERS = "characters.json";

    private final LanguageModelRecipe.Config config;
    private final TextCodec codec;
    private final Gpt2 model;
    private final Trainer<Batch> trainer;
    private final Corpus corpus;

    private LanguageModelJob(LanguageModelRecipe.Config config, TextCodec codec) {
        this.config = config;
        this.codec = codec;
        corpus = new Corpus(config.data(), config.test(), codec, config.maxLength() + 1);
        Torch.seed(config.seed());
        model = new Gpt2(Gpt2Config.of(codec.vocabSize(), config.maxLength(), config.layers(), config.heads(),
                config.width(), config.dropout()));
        trainer = Trainer.of(new CausalLanguageModelling(model))
                .optimizer(m -> new AdamW(ParamGroup.decayMatrices(m), config.learningRate(),
                        OPTIONS.weightDecay(config.weightDecay())))
                .scheduleOver(LanguageModelJob::schedule).clipNorm(1).epochs(config.epochs()).seed(config.seed());
    }

    private static Schedule schedule(long steps) {
        return steps <= WARMUP ? Schedule.constant() : Schedule.cosine(steps - WARMUP, 0.1).afterWarmup(WARMUP);
    }

    static LanguageModelJob of(LanguageModelRecipe.Config config) {
        try (var lines = Corpus.lines(config.data())) {
            return new LanguageModelJob(config, switch (config.tokens()) {
                case CHAR -> CharTokenizer.train(lines);
                case BPE -> BpeTrainer.of(config.vocabSize()).train(lines);
            });
        }
    }

    static LanguageModelJob of(LanguageModelRecipe.Config config, Path run) {
        return new LanguageModelJob(config, switch (config.tokens()) {
            case CHAR -> CharTokenizer.load(run.resolve(CHARACTERS));
            case BPE -> Tokenizer.open(run.resolve("tokenizer.json"));
        });
    }

    @Override public void save(Path run) {
        switch (codec) {
            case Tokenizer tokenizer -> tokenizer.save(run);
            case CharTokenizer characters -> characters.save(run.resolve(CHARACTERS));
            default -> throw new AssertionError(codec);
        }
    }

    @Override public Trainer<Batch> trainer() { return trainer; }

    @Override public Loader<Batch> train() {
        var windows = corpus.train().randomWindows(config.maxLength(), config.stepsPerEpoch() * config.batchSize());
        return Loader.of(windows, config.batchSize()).seed(config.seed());
    }

    @Override public Loader<Batch> test() {
        return Loader.of(corpus.test().windows(config.maxLength()), TEST_BATCH);
    }

    @Override public Summary summary() {
        return Summary.of(model, () -> model.forward(Tensor.zeros(DType.INT64, 1, config.maxLength())));
    }

    @Override public TextGenerator predictor() { return new TextGenerator(model, codec); }

    @Override public void close() {
        model.close();
        if (codec instanceof Tokenizer tokenizer) tokenizer.close();
    }
}
