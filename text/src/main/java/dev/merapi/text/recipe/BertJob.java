package dev.merapi.text.recipe;

import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.data.Split;
import dev.merapi.nn.Summary;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Predictor;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.data.LabeledText;
import dev.merapi.text.data.TextData;
import dev.merapi.text.model.bert.BertConfig;
import dev.merapi.text.model.bert.Example;
import dev.merapi.text.model.bert.LabeledTokens;
import dev.merapi.text.model.bert.SequenceClassification;
import dev.merapi.text.model.bert.SequenceClassifier;
import dev.merapi.text.model.bert.Tokens;
import dev.merapi.text.pipeline.TextClassifier;
import dev.merapi.text.tokenizer.EncodeOptions;
import dev.merapi.text.tokenizer.Tokenizer;
import dev.merapi.train.Trainer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Fine-tunes a model of BERT's family to put texts into classes. */
final class BertJob implements Job<LabeledTokens> {
    private final BertClassificationRecipe.Config config;
    private final Supplier<TextData> data;
    private final Tokenizer tokenizer;
    private final SequenceClassifier model;
    private final Trainer<LabeledTokens> trainer;

    private BertJob(BertClassificationRecipe.Config config, Supplier<TextData> data, Tokenizer tokenizer,
            SequenceClassifier model) {
        this.config = config;
        this.data = data;
        this.model = model;
        this.tokenizer = tokenizer.expectVocab(encoder().vocabSize());
        model.encoder().recomputeActivations(config.recompute());
        trainer = FineTuning.trainer(new SequenceClassification(model), config.epochs(), config.learningRate(),
                config.seed());
    }

    /** A new one, from pretrained weights or, to compare, from new ones. */
    static BertJob of(BertClassificationRecipe.Config config, Path pretrained, TextData data) {
        var tokenizer = Tokenizer.open(pretrained);
        Torch.seed(config.seed());
        var model = config.fromScratch()
                ? new SequenceClassifier(BertConfig.read(pretrained).withLabels(data.classes()))
                : SequenceClassifier.fineTune(pretrained, data.classes());
        return new BertJob(config, () -> data, tokenizer, model);
    }

    /** One that was begun; its weights are loaded by others. */
    static BertJob of(BertClassificationRecipe.Config config, Supplier<TextData> data, Path run) {
        var sizes = BertConfig.read(run);
        return new BertJob(config, () -> data.get().expectClasses(sizes.labels()), Tokenizer.open(run),
                new SequenceClassifier(sizes));
    }

    private BertConfig encoder() { return model.encoder().config(); }

    @Override public void save(Path run) {
        tokenizer.save(run);
        encoder().writeForRun(run, "ForSequenceClassification");
    }

    @Override public Trainer<LabeledTokens> trainer() { return trainer; }

    @Override public Loader<LabeledTokens> train() {
        return loader(some(data.get().train(), config.trainTexts()), config.batchSize()).shuffle(config.seed());
    }

    @Override public Loader<LabeledTokens> test() {
        return loader(some(data.get().test(), config.testTexts()), FineTuning.TEST_BATCH);
    }

    /** A part with equal shares of each class. */
    private Dataset<LabeledText> some(Dataset<LabeledText> texts, int count) {
        if (count == 0 || count >= texts.size()) return texts;
        double share = (double) count / texts.size();
        return Split.stratified(texts, Split.labels(texts, LabeledText::label), config.seed(), share, 1 - share)
                .getFirst();
    }

    private Loader<LabeledTokens> loader(Dataset<LabeledText> texts, int batchSize) {
        var all = texts.stream().toList();
        var options = EncodeOptions.DEFAULT.maxLength(Math.min(config.maxLength(), encoder().maxTokens()));
        var ids = tokenizer.encodeAll(all.stream().map(LabeledText::text).toList(), options);
        var examples = IntStream.range(0, all.size())
                .mapToObj(i -> Example.of(ids.get(i), all.get(i).label())).toList();
        return Loader.of(Dataset.of(examples), batchSize, LabeledTokens.perSequence(encoder().padTokenId()));
    }

    @Override public Summary summary() {
        return Summary.of(model, () -> model.forward(Tokens.of(Tensor.of(new long[] {1, 1}, 1, 2))));
    }

    @Override public List<String> labels() { return encoder().labels(); }

    @Override public Predictor predictor() { return new TextClassifier(model, tokenizer); }

    @Override public void close() {
        model.close();
        tokenizer.close();
    }
}
