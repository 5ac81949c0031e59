package dev.merapi.text.recipe;

import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.metric.Metric;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Summary;
import dev.merapi.recipe.Job;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.data.Squad;
import dev.merapi.text.metric.AnswerScore;
import dev.merapi.text.model.bert.BertConfig;
import dev.merapi.text.model.bert.LabeledTokens;
import dev.merapi.text.model.bert.SpanExtraction;
import dev.merapi.text.model.bert.SpanExtractor;
import dev.merapi.text.model.bert.Tokens;
import dev.merapi.text.pipeline.QuestionAnswerer;
import dev.merapi.text.tokenizer.Tokenizer;
import dev.merapi.train.Pass;
import dev.merapi.train.Task;
import dev.merapi.train.Trainer;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** Fine-tunes a model of BERT's family to find the answers to questions in a text. */
final class AnswerJob implements Job<LabeledTokens> {
    private final QuestionAnsweringRecipe.Config config;
    private final Tokenizer tokenizer;
    private final SpanExtractor model;
    private final QuestionAnswerer answers;
    private final Trainer<LabeledTokens> trainer;
    private List<AnswerWindow> testWindows; // read at the first use

    /** Batches have a third label, the number of the test's window, by which answers are found and measured. */
    private record Answering(SpanExtraction spans, List<Metric<?, ?>> metrics) implements Task<LabeledTokens> {
        @Override public Layer model() { return spans.model(); }

        @Override public Pass forward(LabeledTokens batch) {
            var pass = spans.forward(batch);
            var logits = ((Tensor) pass.prediction()).unflatten(0, -1, 2);
            return new Pass(pass.loss(), pass.weight(), logits, batch.labels());
        }

        @Override public Tensor predict(LabeledTokens batch) { return spans.predict(batch); }
    }

    private AnswerJob(QuestionAnsweringRecipe.Config config, Tokenizer tokenizer, SpanExtractor model) {
        this.config = config;
        this.model = model;
        this.tokenizer = FineTuning.cutting(tokenizer, config.maxLength());
        answers = new QuestionAnswerer(model, tokenizer, tokenizer.modelMaxLength(), config.stride());
        model.encoder().recomputeActivations(config.recompute());
        List<Metric<?, ?>> metrics = List.of(
                new AnswerMetric("exact_match", this::testWindows, AnswerScore::exactMatch),
                new AnswerMetric("f1", this::testWindows, AnswerScore::f1));
        trainer = FineTuning.trainer(new Answering(new SpanExtraction(model), metrics), config.epochs(),
                config.learningRate(), config.weightDecay(), config.seed());
    }

    /** A new one, from pretrained weights or, to compare, from new ones. */
    static AnswerJob of(QuestionAnsweringRecipe.Config config, Path pretrained) {
        var tokenizer = Tokenizer.open(pretrained);
        Torch.seed(config.seed());
        return new AnswerJob(config, tokenizer, config.fromScratch()
                ? new SpanExtractor(BertConfig.read(pretrained)) : SpanExtractor.fineTune(pretrained));
    }

    /** One that was begun, in a folder; its weights are loaded by others. */
    static AnswerJob resumed(QuestionAnsweringRecipe.Config config, Path run) {
        return new AnswerJob(config, Tokenizer.open(run), new SpanExtractor(BertConfig.read(run)));
    }

    private BertConfig encoder() { return model.encoder().config(); }

    @Override public void save(Path run) {
        tokenizer.save(run);
        encoder().writeForRun(run, "ForQuestionAnswering");
    }

    @Override public Trainer<LabeledTokens> trainer() { return trainer; }

    @Override public Loader<LabeledTokens> train() {
        return loader(windows(config.train()), config.batchSize()).shuffle(config.seed());
    }

    @Override public Loader<LabeledTokens> test() { return loader(testWindows(), FineTuning.TEST_BATCH); }

    private List<AnswerWindow> testWindows() {
        if (testWindows == null) testWindows = windows(config.test());
        return testWindows;
    }

    private List<AnswerWindow> windows(String file) {
        return AnswerWindow.of(Squad.read(config.folder().resolve(file)), answers);
    }

    private Loader<LabeledTokens> loader(List<AnswerWindow> windows, int batchSize) {
        boolean types = encoder().typeVocabSize() > 1;
        var examples = IntStream.range(0, windows.size()).mapToObj(i -> windows.get(i).example(types, i)).toList();
        return Loader.of(Dataset.of(examples), batchSize, LabeledTokens.perSequence(encoder().padTokenId()));
    }

    @Override public Summary summary() {
        return Summary.of(model, () -> model.forward(Tokens.of(Tensor.of(new long[] {1, 1}, 1, 2))));
    }

    @Override public QuestionAnswerer predictor() { return answers; }

    @Override public void close() {
        model.close();
        tokenizer.close();
    }
}
