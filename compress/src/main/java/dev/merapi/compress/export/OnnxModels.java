package dev.merapi.compress.export;

import dev.merapi.data.Tree;
import dev.merapi.nn.Hooks;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import dev.merapi.recipe.Job;
import dev.merapi.tabular.data.TableBatch;
import dev.merapi.tabular.model.TableTask;
import dev.merapi.tabular.series.Forecaster;
import dev.merapi.tabular.series.WindowBatch;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.model.bert.Bert;
import dev.merapi.text.model.bert.BertConfig;
import dev.merapi.text.model.bert.SequenceClassifier;
import dev.merapi.text.model.bert.SpanExtractor;
import dev.merapi.text.model.bert.TokenClassifier;
import dev.merapi.text.model.bert.Tokens;
import dev.merapi.text.model.causal.CausalLm;
import dev.merapi.text.model.classify.TextNet;
import dev.merapi.train.Supervised;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/** What goes into the models of this toolkit, and what comes out. */
public final class OnnxModels {
    private static final String BATCH = "batch";
    private static final String TOKENS = "tokens";

    private OnnxModels() {}

    /**
     * The model of a run.
     *
     * @throws IllegalArgumentException if it is none of pictures, texts, tables or series whose inputs are known
     */
    public static OnnxModel of(Job<?> job) {
        var task = job.trainer().task();
        if (task instanceof TableTask table) return table(table, first(job, TableBatch.class));
        if (task.model() instanceof Forecaster net) return forecaster(net, first(job, WindowBatch.class));
        var named = of(task.model());
        if (named != null) return named;
        if (task instanceof Supervised one && one.model() instanceof Unary) return picture(job, one);
        throw Expect.error("Onnx", "a model of pictures, texts, tables or series", task.getClass().getSimpleName(),
                "say its inputs by OnnxModel in a program");
    }

    /** A model of text by what it is, or null for others. */
    public static OnnxModel of(Layer model) {
        return switch (model) {
            case SequenceClassifier net -> bert(net, net::forward, "logits", net.encoder().config());
            case TokenClassifier net -> bert(net, net::forward, "logits", net.encoder().config());
            case SpanExtractor net -> bert(net, net::forward, "logits", net.encoder().config());
            case Bert net -> bert(net, net::forward, "last_hidden_state", net.config());
            case CausalLm net -> OnnxModel.of(net, ids(net.vocabSize()), "logits");
            case TextNet net -> OnnxModel.of(net, words(), "logits");
            case null, default -> null;
        };
    }

    private static OnnxInput ids(long count) { return OnnxInput.ids("input_ids", count, BATCH, TOKENS); }

    /** Texts of words whose ids are not 0, which stands behind a text's end. */
    private static OnnxInput words() {
        return new OnnxInput("input_ids", DType.INT64, List.of(BATCH, TOKENS), shape -> Tensor.randint(1, 3, shape));
    }

    /** Inputs are named as in Hugging Face's files. */
    private static OnnxModel bert(Layer model, Function<Tokens, Tensor> forward, String output, BertConfig config) {
        int types = config.typeVocabSize();
        var inputs = new ArrayList<>(List.of(ids(config.vocabSize()), new OnnxInput("attention_mask", DType.INT64,
                List.of(BATCH, TOKENS), shape -> Tensor.ones(DType.INT64, shape))));
        if (types > 0) inputs.add(OnnxInput.ids("token_type_ids", types, BATCH, TOKENS));
        return new OnnxModel(model, inputs, List.of(output), x -> List.of(forward.apply(new Tokens(x.get(0),
                x.size() > 2 ? x.get(2) : null, x.get(1).ne(0)))));
    }

    private static OnnxModel picture(Job<?> job, Supervised task) {
        var shape = new AtomicReference<long[]>();
        try (var _ = Hooks.listen(task.model(), call -> shape.compareAndSet(null,
                call.inputs().isEmpty() ? null : call.inputs().getFirst().shape()))) {
            job.summary();
        }
        Expect.that(shape.get() != null, "Onnx", "a model that tells hooks of its layers", "one that does not");
        var axes = new ArrayList<Object>(List.of(BATCH));
        Arrays.stream(shape.get()).skip(1).forEach(axes::add);
        return new OnnxModel(task.model(), List.of(OnnxInput.floats("pixels", axes.toArray())), List.of("logits"),
                x -> List.of(task.output(x.getFirst())));
    }

    private static <B> B first(Job<?> job, Class<B> type) {
        try (var test = job.test(); var batches = test.iterator()) {
            Expect.that(batches.hasNext(), "Onnx", "a test set, whose first batch says what inputs are like", "none");
            return type.cast(Tree.map(batches.next(), t -> t.copy().owned()));
        }
    }

    private static OnnxModel table(TableTask task, TableBatch like) {
        var given = new LinkedHashMap<String, Tensor>();
        put(given, "numbers", like.numbers());
        put(given, "categories", like.categories());
        put(given, "crosses", like.crosses());
        for (int i = 0; i < like.lists().size(); i++) given.put("list_" + i, like.lists().get(i));
        var inputs = given.entrySet().stream().map(e -> rows(e.getKey(), e.getValue())).toList();
        var names = List.copyOf(given.keySet());
        return new OnnxModel(task.model(), inputs, List.of("scores"), x -> List.of(task.scores(batch(like, names, x))));
    }

    private static void put(Map<String, Tensor> all, String name, Tensor tensor) {
        if (tensor.size(1) > 0) all.put(name, tensor);
    }

    private static TableBatch batch(TableBatch like, List<String> names, List<Tensor> x) {
        long rows = x.getFirst().size(0);
        Function<String, Tensor> at = name -> names.contains(name) ? x.get(names.indexOf(name)) : null;
        var lists = new ArrayList<Tensor>();
        for (int i = 0; i < like.lists().size(); i++) lists.add(at.apply("list_" + i));
        return new TableBatch(or(at.apply("numbers"), like.numbers(), rows), or(at.apply("categories"),
                like.categories(), rows), lists, or(at.apply("crosses"), like.crosses(), rows), null);
    }

    /** A part without columns, of as many rows. */
    private static Tensor or(Tensor given, Tensor like, long rows) {
        return given != null ? given : like.newZeros(rows, 0);
    }

    /** Rows as those of a batch, again and again. */
    private static OnnxInput rows(String name, Tensor like) {
        var axes = new ArrayList<Object>(List.of(BATCH));
        Arrays.stream(like.shape()).skip(1).forEach(axes::add);
        return new OnnxInput(name, like.dtype(), axes, shape -> {
            Tensor places = Tensor.arange(shape[0]).remainder(like.size(0));
            return like.indexSelect(0, places);
        });
    }

    private static OnnxModel forecaster(Forecaster net, WindowBatch like) {
        boolean covariates = like.covariates().size(2) > 0;
        var inputs = new ArrayList<>(List.of(rows("past", like.past())));
        if (covariates) inputs.add(rows("covariates", like.covariates()));
        return new OnnxModel(net, inputs, List.of("quantiles"), x -> List.of(net.forward(x.getFirst(),
                covariates ? x.get(1) : x.getFirst().newZeros(x.getFirst().size(0), like.covariates().size(1), 0))));
    }
}
