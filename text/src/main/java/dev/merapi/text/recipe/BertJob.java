package dev.merapi.text.recipe;

import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.data.Split;
import dev.merapi.nn.Summary;
import dev.merapi.recipe.Job;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.data.LabeledText;
import dev.merapi.text.model.bert.BertConfig;
import dev.merapi.text.model.bert.Example;
import dev.merapi.text.model.bert.LabeledTokens;
import dev.merapi.text.model.bert.SequenceClassification;
import dev.merapi.text.model.bert.SequenceClassifier;
import dev.merapi.text.model.bert.Tokens;
import dev.merapi.text.pipeline.TextClassifier;
import dev.merapi.text.tokenizer.Tokenizer;
import dev.merapi.train.Trainer;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** Fine-tunes a model of BERT's family to put texts into classes. */
final class BertJob implements Job<LabeledTokens> {
    private final BertClassificationRecipe.Config config;
    private final TextSource data;
    private final Tokenizer tokenizer;
    private final SequenceClassifier model;
    private final TextClassifier answers;
    private final Trainer<LabeledTokens> trainer;

    private BertJob(BertClassificationRecipe.Config config, TextSource data, Tokenizer tokenizer,
            SequenceClassifier model) {
        this.config = config;
        this.data = data;
        this.model = model;
        this.tokenizer = FineTuning.cutting(tokenizer, config.maxLength());
        answers = new TextClassifier(model, tokenizer);
        model.encoder().recomputeActivations(config.recompute());
        trainer = FineTuning.trainer(new SequenceClassification(model), config.epochs(), config.learningRate(),
                config.weightDecay(), config.seed());
    }

    /** A new one, from pretrained weights or, to compare, from new ones. */
    static BertJob of(BertClassificationRecipe.Config config, Path pretrained, TextSource texts) {
        var data = texts.all();
        var tokenizer = Tokenizer.open(pretrained);
        Torch.seed(config.seed());
        var model = config.fromScratch()
                ? new SequenceClassifier(BertConfig.read(pretrained).labels(data.classes()))
                : SequenceClassifier.fineTune(pretrained, data.classes());
        return new BertJob(config, () -> data, tokenizer, model);
    }

    /** One that was begun; its weights are loaded by others. */
    static BertJob resumed(BertClassificationRecipe.Config config, TextSource data, Path run) {
        return new BertJob(config, data, Tokenizer.open(run), new SequenceClassifier(BertConfig.read(run)));
    }

    private BertConfig encoder() { return model.encoder().config(); }

    @Override public void save(Path run) {
        tokenizer.save(run);
        encoder().writeForRun(run, "ForSequenceClassification");
    }

    @Override public Trainer<LabeledTokens> trainer() { return trainer; }

    @Override public Loader<LabeledTokens> train() {
        var texts = data.all().expectClasses(labels()).train();
        return loader(some(texts, config.trainTexts()), config.batchSize()).shuffle(config.seed());
    }

    @Override public Loader<LabeledTokens> test() {
        return loader(some(data.test(labels()), config.testTexts()), FineTuning.TEST_BATCH);
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
        var ids = answers.encode(all.stream().map(LabeledText::text).toList());
        var examples = IntStream.range(0, all.size())
                .mapToObj(i -> Example.of(ids.get(i), all.get(i).label())).toList();
        return Loader.of(Dataset.of(examples), batchSize, LabeledTokens.perSequence(encoder().padTokenId()));
    }

    @Override public Summary summary() {
        return Summary.of(model, () -> model.forward(Tokens.of(Tensor.of(new long[] {1, 1}, 1, 2))));
    }

    @Override public List<String> labels() { return encoder().labels(); }

    @Override public TextClassifier predictor() { return answers; }

    @Override public void close() {
        model.close();
        tokenizer.close();
    }
}
