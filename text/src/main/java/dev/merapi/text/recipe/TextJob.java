package dev.merapi.text.recipe;

import dev.merapi.data.Collate;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.data.PaddedBatch;
import dev.merapi.nn.Summary;
import dev.merapi.optim.Adam;
import dev.merapi.recipe.Classes;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Predictor;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.data.LabeledText;
import dev.merapi.text.model.classify.TextClassification;
import dev.merapi.text.model.classify.TextNet;
import dev.merapi.text.tokenizer.Vocabulary;
import dev.merapi.text.tokenizer.WordTokenizer;
import dev.merapi.train.Trainer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Trains a small network to put texts into classes. */
final class TextJob implements Job<PaddedBatch> {
    private static final int TEST_BATCH = 256;
    private static final String WORDS = "words.json";
    private static final String CLASSES = "classes.json";
    private static final long UNKNOWN = 1; // of a word tokenizer; 0 is padding

    private final TextConfig config;
    private final TextSource data;
    private final WordTokenizer words;
    private final List<String> classes;
    private final TextClassification task;
    private final Trainer<PaddedBatch> trainer;

    private record Words(long[] ids, int label) {}

    private TextJob(TextConfig config, TextSource data, WordTokenizer words, List<String> classes) {
        this.config = config;
        this.data = data;
        this.words = words;
        this.classes = classes;
        Torch.seed(config.seed());
        TextNet net = config.model().build(words.vocabSize(), config.maxLength(), classes.size());
        task = new TextClassification(net);
        trainer = Trainer.of(task).optimizer(model -> new Adam(model, config.learningRate()))
                .epochs(config.epochs()).seed(config.seed());
    }

    /** A new one, with the words and classes of the data, which is kept. */
    static TextJob of(TextConfig config, TextSource texts) {
        var data = texts.all();
        var words = WordTokenizer.train(data.train().stream().map(LabeledText::text), config.vocabSize());
        return new TextJob(config, () -> data, words, data.classes());
    }

    /** One that was begun, with the words and classes that it left; the data is read when it is asked for. */
    static TextJob resumed(TextConfig config, TextSource texts, Path run) {
        return new TextJob(config, texts, WordTokenizer.load(run.resolve(WORDS)),
                Vocabulary.load(run.resolve(CLASSES)).tokens());
    }

    @Override public void save(Path run) {
        words.save(run.resolve(WORDS));
        Vocabulary.of(classes).save(run.resolve(CLASSES));
    }

    @Override public Trainer<PaddedBatch> trainer() { return trainer; }

    @Override public Loader<PaddedBatch> train() {
        return loader(data.all().expectClasses(classes).train(), config.batchSize()).shuffle(config.seed());
    }

    @Override public Loader<PaddedBatch> test() { return loader(data.test(classes), TEST_BATCH); }

    private Loader<PaddedBatch> loader(Dataset<LabeledText> texts, int batchSize) {
        var all = texts.stream().toList();
        var ids = encode(all.stream().map(LabeledText::text).toList());
        var encoded = IntStream.range(0, all.size())
                .mapToObj(i -> new Words(ids.get(i), all.get(i).label())).toList();
        return Loader.of(Dataset.of(encoded), batchSize, Collate.pad(Words::ids, Words::label, 0));
    }

    /** What the network reads of each text, to learn from and to answer; without words, it is one unknown word. */
    private List<long[]> encode(List<String> texts) {
        return words.encodeAll(texts).stream().map(this::cut).toList();
    }

    private long[] cut(long[] ids) {
        if (ids.length == 0) return new long[] {UNKNOWN};
        if (ids.length <= config.maxLength()) return ids;
        int from = config.keep() == TextConfig.Keep.FIRST ? 0 : ids.length - config.maxLength();
        return Arrays.copyOfRange(ids, from, from + config.maxLength());
    }

    @Override public Summary summary() {
        return Summary.of(task.model(), () -> task.model().forward(
                Tensor.zeros(DType.INT64, 1, config.maxLength()), Tensor.of(new long[] {config.maxLength()})));
    }

    @Override public List<String> labels() { return classes; }

    @Override public Predictor<String, Classes> predictor() {
        return new TextNetClassifier(task, this::encode, words.vocabulary(), classes);
    }
}
