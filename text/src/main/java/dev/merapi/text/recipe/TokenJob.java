package dev.merapi.text.recipe;

import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.nn.Summary;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Predictor;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.data.Conll;
import dev.merapi.text.data.LabeledWords;
import dev.merapi.text.model.bert.BertConfig;
import dev.merapi.text.model.bert.Example;
import dev.merapi.text.model.bert.LabeledTokens;
import dev.merapi.text.model.bert.TokenClassification;
import dev.merapi.text.model.bert.TokenClassifier;
import dev.merapi.text.model.bert.Tokens;
import dev.merapi.text.pipeline.TokenTagger;
import dev.merapi.text.tokenizer.EncodeOptions;
import dev.merapi.text.tokenizer.Tokenizer;
import dev.merapi.train.Trainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** Fine-tunes a model of BERT's family to label words. */
final class TokenJob implements Job<LabeledTokens> {
    private final TokenClassificationRecipe.Config config;
    private final Supplier<Data> data;
    private final Tokenizer tokenizer;
    private final TokenClassifier model;
    private final Trainer<LabeledTokens> trainer;

    /** Sentences to learn from and to measure with. */
    record Data(List<LabeledWords> train, List<LabeledWords> test) {
        private static final List<String> ENDINGS = List.of("conll", "txt", "bio", "iob2", "conll.gz", "txt.gz");

        static Data read(Path folder, String test) {
            return new Data(Conll.read(file(folder, "train")), Conll.read(file(folder, test)));
        }

        private static Path file(Path folder, String name) {
            return ENDINGS.stream().map(ending -> folder.resolve(name + "." + ending)).filter(Files::exists)
                    .findFirst().orElseThrow(() -> new IllegalArgumentException(folder + ": expected " + name
                            + ".conll or " + name + ".txt. Received neither."));
        }

        List<String> labels() {
            return train.stream().flatMap(sentence -> sentence.labels().stream()).distinct().sorted().toList();
        }
    }

    private TokenJob(TokenClassificationRecipe.Config config, Supplier<Data> data, Tokenizer tokenizer,
            TokenClassifier model) {
        this.config = config;
        this.data = data;
        this.model = model;
        this.tokenizer = tokenizer.expectVocab(encoder().vocabSize());
        model.encoder().recomputeActivations(config.recompute());
        trainer = FineTuning.trainer(new TokenClassification(model), config.epochs(), config.learningRate(),
                config.seed());
    }

    /** A new one, from pretrained weights or, to compare, from new ones. */
    static TokenJob of(TokenClassificationRecipe.Config config, Path pretrained, Data data) {
        var tokenizer = Tokenizer.open(pretrained);
        Torch.seed(config.seed());
        var model = config.fromScratch()
                ? new TokenClassifier(BertConfig.read(pretrained).withLabels(data.labels()))
                : TokenClassifier.fineTune(pretrained, data.labels());
        return new TokenJob(config, () -> data, tokenizer, model);
    }

    /** One that was begun; its weights are loaded by others. */
    static TokenJob of(TokenClassificationRecipe.Config config, Supplier<Data> data, Path run) {
        return new TokenJob(config, data, Tokenizer.open(run), new TokenClassifier(BertConfig.read(run)));
    }

    private BertConfig encoder() { return model.encoder().config(); }

    @Override public void save(Path run) {
        tokenizer.save(run);
        encoder().writeForRun(run, "ForTokenClassification");
    }

    @Override public Trainer<LabeledTokens> trainer() { return trainer; }

    @Override public Loader<LabeledTokens> train() {
        return loader(data.get().train, config.batchSize()).shuffle(config.seed());
    }

    @Override public Loader<LabeledTokens> test() { return loader(data.get().test, FineTuning.TEST_BATCH); }

    private Loader<LabeledTokens> loader(List<LabeledWords> sentences, int batchSize) {
        var examples = sentences.stream().map(this::example).toList();
        return Loader.of(Dataset.of(examples), batchSize, LabeledTokens.perToken(encoder().padTokenId()));
    }

    /** The first token of each word has its label. */
    private Example example(LabeledWords sentence) {
        var options = EncodeOptions.DEFAULT.maxLength(Math.min(config.maxLength(), encoder().maxTokens()));
        var encoding = tokenizer.encodingOfWords(sentence.words(), options);
        var labels = new long[encoding.size()];
        Arrays.fill(labels, LabeledTokens.NONE);
        int last = -1;
        for (int i = 0; i < labels.length; i++) {
            int word = encoding.words()[i];
            if (word > last) labels[i] = label(sentence.labels().get(word));
            last = Math.max(word, last);
        }
        return new Example(encoding.ids(), null, labels);
    }

    private int label(String name) {
        int label = labels().indexOf(name);
        if (label >= 0) return label;
        throw new IllegalArgumentException(config.data() + ": expected the labels of the training file, " + labels()
                + ". Received " + name + " in the test file.");
    }

    @Override public Summary summary() {
        return Summary.of(model, () -> model.forward(Tokens.of(Tensor.of(new long[] {1, 1}, 1, 2))));
    }

    @Override public List<String> labels() { return encoder().labels(); }

    @Override public Predictor predictor() { return new TokenTagger(model, tokenizer); }

    @Override public void close() {
        model.close();
        tokenizer.close();
    }
}
