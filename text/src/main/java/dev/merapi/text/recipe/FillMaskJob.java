package dev.merapi.text.recipe;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.nn.Summary;
import dev.merapi.recipe.Job;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.data.TokenFile;
import dev.merapi.text.model.bert.BertConfig;
import dev.merapi.text.model.bert.Example;
import dev.merapi.text.model.bert.LabeledTokens;
import dev.merapi.text.model.bert.MaskedLanguageModelling;
import dev.merapi.text.model.bert.MaskedLm;
import dev.merapi.text.model.bert.Masking;
import dev.merapi.text.model.bert.Tokens;
import dev.merapi.text.pipeline.FillMask;
import dev.merapi.text.tokenizer.EncodeOptions;
import dev.merapi.text.tokenizer.TextCodec;
import dev.merapi.text.tokenizer.Tokenizer;
import dev.merapi.text.tokenizer.WordPieceTrainer;
import dev.merapi.train.Trainer;
import java.nio.file.Path;
import java.util.List;

/** Pretrains a model of BERT's family, or goes on pretraining one. */
final class FillMaskJob implements Job<LabeledTokens> {
    private static final int TEST_BATCH = 64;
    private static final double NEW_RATE = 1e-3;
    private static final double PRETRAINED_RATE = 5e-5;

    private final FillMaskRecipe.Config config;
    private final Tokenizer tokenizer;
    private final MaskedLm model;
    private final FillMask answers;
    private final Trainer<LabeledTokens> trainer;
    private final int length; // of a window
    private final Corpus corpus;

    private FillMaskJob(FillMaskRecipe.Config config, Tokenizer tokenizer, MaskedLm model) {
        this.config = config;
        this.tokenizer = tokenizer;
        this.model = model;
        answers = new FillMask(model, tokenizer);
        length = Math.min(config.maxLength(), encoder().maxTokens());
        corpus = new Corpus(config.data(), config.test(), words(), length);
        model.encoder().recomputeActivations(config.recompute());
        double usual = config.pretrained().isEmpty() ? NEW_RATE : PRETRAINED_RATE;
        double rate = config.learningRate() == 0 ? usual : config.learningRate();
        trainer = FineTuning.trainer(new MaskedLanguageModelling(model), config.epochs(), rate,
                config.weightDecay(), config.seed());
    }

    static FillMaskJob of(FillMaskRecipe.Config config) {
        if (!config.pretrained().isEmpty()) {
            Path folder = Settings.existing("pretrained", config.pretrained(), Settings.ENCODER);
            return new FillMaskJob(config, Tokenizer.open(folder), MaskedLm.load(folder));
        }
        try (var lines = Corpus.lines(config.data())) {
            var tokenizer = WordPieceTrainer.of(config.vocabSize()).train(lines);
            Torch.seed(config.seed());
            return new FillMaskJob(config, tokenizer, new MaskedLm(settings(config, tokenizer.vocabSize())));
        }
    }

    /** First weights grow as the width falls, so that products are about as large as in BERT-base. */
    private static BertConfig settings(FillMaskRecipe.Config config, int vocabSize) {
        double deviation = 0.02 * Math.sqrt(768.0 / config.width());
        return BertConfig.of(vocabSize, config.maxLength(), config.layers(), config.heads(), config.width())
                .dropout(config.dropout()).initializerRange(deviation);
    }

    /** One that was begun; its weights are loaded by others. */
    static FillMaskJob of(FillMaskRecipe.Config config, Path run) {
        return new FillMaskJob(config, Tokenizer.open(run), new MaskedLm(BertConfig.read(run)));
    }

    private BertConfig encoder() { return model.encoder().config(); }

    @Override public void save(Path run) {
        tokenizer.save(run);
        encoder().writeForRun(run, "ForMaskedLM");
    }

    @Override public Trainer<LabeledTokens> trainer() { return trainer; }

    @Override public Loader<LabeledTokens> train() {
        return loader(masked(corpus.train()), config.batchSize()).shuffle(config.seed());
    }

    @Override public Loader<LabeledTokens> test() {
        return loader(withoutChance(masked(corpus.test())), TEST_BATCH);
    }

    private Loader<LabeledTokens> loader(Dataset<Example> windows, int batchSize) {
        return Loader.of(windows, batchSize, LabeledTokens.perToken(encoder().padTokenId()));
    }

    private Dataset<Example> masked(TokenFile text) {
        var special = tokenizer.specialTokens();
        long[] around = tokenizer.encode(""); // [CLS] and [SEP]
        return text.windows(length - around.length).map((Batch window) -> window(window.x().toLongs(), around))
                .augment(Masking.of(special.mask().orElseThrow(), tokenizer.vocabSize(), special.ids()));
    }

    private static Example window(long[] words, long[] around) {
        var ids = new long[words.length + around.length];
        ids[0] = around[0];
        System.arraycopy(words, 0, ids, 1, words.length);
        System.arraycopy(around, 1, ids, 1 + words.length, around.length - 1);
        return Example.of(ids);
    }

    /** The same masks each time, so that epochs compare. */
    private static Dataset<Example> withoutChance(Dataset<Example> windows) {
        return new Dataset<>() {
            @Override public int size() { return windows.size(); }
            @Override public Example get(int index) { return windows.get(index); }
        };
    }

    /** The tokenizer without the special tokens that it puts around texts. */
    private TextCodec words() {
        var options = EncodeOptions.DEFAULT.noSpecialTokens();
        return new TextCodec() {
            @Override public long[] encode(String text) { return tokenizer.encode(text, options); }
            @Override public List<long[]> encodeAll(List<String> texts) { return tokenizer.encodeAll(texts, options); }
            @Override public String decode(long... ids) { return tokenizer.decode(ids); }
            @Override public int vocabSize() { return tokenizer.vocabSize(); }
        };
    }

    @Override public Summary summary() {
        return Summary.of(model, () -> model.forward(Tokens.of(Tensor.of(new long[length], 1, length))));
    }

    @Override public FillMask predictor() { return answers; }

    @Override public void close() {
        model.close();
        tokenizer.close();
    }
}
