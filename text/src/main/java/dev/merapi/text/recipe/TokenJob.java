package dev.merapi.text.recipe;

import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.nn.Summary;
import dev.merapi.recipe.Job;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.data.LabeledWords;
import dev.merapi.text.model.bert.BertConfig;
import dev.merapi.text.model.bert.Example;
import dev.merapi.text.model.bert.LabeledTokens;
import dev.merapi.text.model.bert.TokenClassification;
import dev.merapi.text.model.bert.TokenClassifier;
import dev.merapi.text.model.bert.Tokens;
import dev.merapi.text.pipeline.TokenTagger;
import dev.merapi.text.tokenizer.Tokenizer;
import dev.merapi.train.Trainer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Fine-tunes a model of BERT's family to label words. */
final class TokenJob implements Job<LabeledTokens> {
    private final TokenClassificationRecipe.Config config;
    private final Tokenizer tokenizer;
    private final TokenClassifier model;
    private final TokenTagger answers;
    private final Trainer<LabeledTokens> trainer;

    private TokenJob(TokenClassificationRecipe.Config config, Tokenizer tokenizer, TokenClassifier model) {
        this.config = config;
        this.model = model;
        this.tokenizer = FineTuning.cutting(tokenizer, config.maxLength());
        answers = new TokenTagger(model, tokenizer);
        model.encoder().recomputeActivations(config.recompute());
        trainer = FineTuning.trainer(new TokenClassification(model), config.epochs(), config.learningRate(),
                config.weightDecay(), config.seed());
    }

    /** A new one, from pretrained weights or, to compare, from new ones. */
    static TokenJob of(TokenClassificationRecipe.Config config, Path pretrained) {
        var labels = config.sentences("train").stream().flatMap(sentence -> sentence.labels().stream()).distinct()
                .sorted().toList();
        var tokenizer = Tokenizer.open(pretrained);
        Torch.seed(config.seed());
        return new TokenJob(config, tokenizer, config.fromScratch()
                ? new TokenClassifier(BertConfig.read(pretrained).labels(labels))
                : TokenClassifier.fineTune(pretrained, labels));
    }

    /** One that was begun; its weights are loaded by others. */
    static TokenJob resumed(TokenClassificationRecipe.Config config, Path run) {
        return new TokenJob(config, Tokenizer.open(run), new TokenClassifier(BertConfig.read(run)));
    }

    private BertConfig encoder() { return model.encoder().config(); }

    @Override public void save(Path run) {
        tokenizer.save(run);
        encoder().writeForRun(run, "ForTokenClassification");
    }

    @Override public Trainer<LabeledTokens> trainer() { return trainer; }

    @Override public Loader<LabeledTokens> train() {
        return loader(config.sentences("train"), config.batchSize()).shuffle(config.seed());
    }

    @Override public Loader<LabeledTokens> test() {
        return loader(config.sentences(config.test()), FineTuning.TEST_BATCH);
    }

    private Loader<LabeledTokens> loader(List<LabeledWords> sentences, int batchSize) {
        var examples = sentences.stream().flatMap(this::examples).toList();
        return Loader.of(Dataset.of(examples), batchSize, LabeledTokens.perToken(encoder().padTokenId()));
    }

    private Stream<Example> examples(LabeledWords sentence) {
        return answers.encode(sentence.words()).stream().map(part -> new Example(part.ids(), null,
                Arrays.stream(part.words()).mapToLong(word -> word < 0 ? LabeledTokens.NONE
                        : label(sentence.labels().get(word))).toArray()));
    }

    private int label(String name) {
        int label = labels().indexOf(name);
        if (label >= 0) return label;
        throw new IllegalArgumentException(config.data() + ": expected the labels that the run has learnt, " + labels()
                + ". Received " + name + ".");
    }

    @Override public Summary summary() {
        return Summary.of(model, () -> model.forward(Tokens.of(Tensor.of(new long[] {1, 1}, 1, 2))));
    }

    @Override public List<String> labels() { return encoder().labels(); }

    @Override public TokenTagger predictor() { return answers; }

    @Override public void close() {
        model.close();
        tokenizer.close();
    }
}
