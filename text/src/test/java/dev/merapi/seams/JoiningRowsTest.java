package dev.merapi.seams;

import dev.merapi.io.ModelFolder;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.ContinuousBatch;
import dev.merapi.text.generate.ContinuousBatch.Writing;
import dev.merapi.text.generate.Decoding;
import dev.merapi.text.generate.Generation;
import dev.merapi.text.generate.Generator;
import dev.merapi.text.generate.LogitsProcessor.Bounded;
import dev.merapi.text.generate.RaggedDecoding;
import dev.merapi.text.generate.TokenSampler;
import dev.merapi.text.model.causal.CausalLm;
import dev.merapi.text.model.causal.DenseCache;
import dev.merapi.text.model.causal.KvCache;
import dev.merapi.text.model.causal.KvColumns;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.llama.Llama;
import dev.merapi.text.model.seq2seq.EncoderDecoder;
import dev.merapi.text.model.seq2seq.Seq2SeqConfig;
import dev.merapi.text.model.seq2seq.Seq2SeqTransformer;
import dev.merapi.text.model.t5.T5;
import dev.merapi.text.tokenizer.TextCodec;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Requests join and leave one decoding at different steps: each gets the tokens that it gets alone. */
class JoiningRowsTest {
    private static final int FEW = 4; // tokens that are announced: rows that join later need more room
    private static final Generation GREEDY = Generation.DEFAULT;

    /** What somebody wants written, and the step from which on. */
    private record Request(long[] input, int step, Generation options) {}

    /** A request that is being answered. */
    private static final class Answer {
        final Request request;
        final List<Long> tokens = new ArrayList<>();
        final SplittableRandom random;
        double margin = Double.POSITIVE_INFINITY; // of the likeliest token before the next, at least

        Answer(Request request) {
            this.request = request;
            random = new SplittableRandom(request.options.seed());
        }

        boolean isOpen() { return tokens.size() < request.options.maxTokens(); }

        void add(long token, double[] best) {
            tokens.add(token);
            margin = Math.min(margin, best[0] - best[1]);
        }
    }

    /** A server of a few lines. */
    private static List<Answer> serve(Layer model, KvCache.Kind kind, List<Request> requests) {
        var answers = requests.stream().map(Answer::new).toList();
        var live = new ArrayList<Answer>();
        Decoding decoding = null;
        try {
            for (int step = 0; answers.stream().anyMatch(Answer::isOpen); step++) {
                try (var _ = Scope.open(); var _ = Torch.noGrad()) {
                    int now = step;
                    var joining = answers.stream().filter(answer -> answer.request.step == now).toList();
                    var inputs = joining.stream().map(answer -> answer.request.input).toList();
                    if (!inputs.isEmpty() && decoding == null) decoding = begin(model, inputs, kind);
                    else if (!inputs.isEmpty()) decoding.add(inputs);
                    live.addAll(joining);
                    if (live.isEmpty()) continue;
                    Tensor ids = next(decoding.logits(), live);
                    long[] open = IntStream.range(0, live.size()).filter(row -> live.get(row).isOpen()).asLongStream()
                            .toArray();
                    if (open.length < live.size()) decoding.select(Tensor.of(open));
                    live.removeIf(answer -> !answer.isOpen());
                    if (!live.isEmpty()) decoding.read(ids.indexSelect(0, Tensor.of(open)));
                }
            }
        } finally {
            if (decoding != null) decoding.close();
        }
        return answers;
    }

    private static Decoding begin(Layer model, List<long[]> inputs, KvCache.Kind kind) {
        return model instanceof CausalLm causal ? causal.begin(inputs, FEW, kind)
                : ((EncoderDecoder) model).begin(inputs, FEW, kind);
    }

    private static Tensor next(Tensor logits, List<Answer> rows) {
        Tensor ids = TokenSampler.next(logits, rows.stream().map(row -> row.request.options).toList(),
                rows.stream().mapToDouble(row -> row.random.nextDouble()).toArray());
        for (int row = 0; row < rows.size(); row++) {
            rows.get(row).add(ids.select(0, row).itemLong(), logits.select(0, row).topk(2, 0).values().toDoubles());
        }
        return ids;
    }

    /** Four that overlap, and one that comes when all have left. */
    private static List<Request> requests(Generation options) {
        return List.of(request(3, 0, options.maxTokens(9).seed(1)), request(8, 2, options.maxTokens(4).seed(2)),
                request(1, 2, options.maxTokens(11).seed(3)), request(5, 5, options.maxTokens(10).seed(4)),
                request(2, 20, options.maxTokens(5).seed(5)));
    }

    private static Request request(int length, int step, Generation options) {
        return new Request(LongStream.range(0, length).map(i -> 3 + (7 * i + 5 * length) % 13).toArray(), step,
                options);
    }

    private static Layer load(String name) {
        if (name.endsWith("norm")) {
            Torch.seed(3);
            return new Seq2SeqTransformer(new Seq2SeqConfig(17, 8, 2, 12, 2, 2, 0, name.equals("prenorm"), 30, 1, 2));
        }
        try {
            Path folder = Path.of(JoiningRowsTest.class.getResource("/transformers/" + name).toURI());
            return switch ((String) ModelFolder.config(folder).get("model_type")) {
                case "gpt2" -> Gpt2.load(folder);
                case "t5" -> T5.load(folder);
                default -> Llama.load(folder);
            };
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /** What each gets alone. */
    private static List<List<Long>> alone(Layer model, List<Request> requests) {
        return requests.stream().map(request -> {
            var first = new Request(request.input, 0, request.options);
            var alone = serve(model, DenseCache::new, List.of(first)).getFirst();
            boolean drawn = first.options.temperature() > 0;
            assertTrue(drawn || alone.margin > 1e-4, "rounding would decide what comes after " + request.input.length);
            return alone.tokens;
        }).toList();
    }

    private static List<List<Long>> together(Layer model, KvCache.Kind kind, List<Request> requests) {
        return serve(model, kind, requests).stream().map(answer -> answer.tokens).toList();
    }

    /** By a batch that reads texts one behind the other, at most three tokens of prompts in a step. */
    private static List<List<Long>> inLine(CausalLm model, List<Request> requests) {
        var tokens = requests.stream().map(_ -> (List<Long>) new ArrayList<Long>()).toList();
        var limits = new ContinuousBatch.Limits(3, RaggedDecoding.Memory.DEFAULT);
        try (var batch = new Generator(model, NO_WORDS).batch(limits)) {
            int last = requests.stream().mapToInt(Request::step).max().orElseThrow();
            for (int step = 0; step <= last || batch.size() > 0; step++) {
                for (int i = 0; i < requests.size(); i++) {
                    var request = requests.get(i);
                    var own = tokens.get(i);
                    if (request.step == step) batch.add(request.input, new Writing(request.options, Bounded.NONE, 0,
                            chosen -> own.add(chosen.id()), _ -> { }));
                }
                for (var text : batch.step()) if (text.error() != null) throw text.error();
            }
        }
        return tokens;
    }

    private static final TextCodec NO_WORDS = new TextCodec() {
        @Override public long[] encode(String text) { return new long[0]; }

        @Override public String decode(long... ids) { return ""; }

        @Override public int vocabSize() { return 1000; }
    };

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "llama", "llama3", "linear", "yarn", "dynamic", "longrope", "mistral", "qwen2",
            "qwen3", "gemma", "gemma2", "gemma3", "t5", "flan", "prenorm", "postnorm"})
    void eachGetsTheTokensThatItGetsAlone(String name) {
        long before = Scope.live();
        try (var model = load(name); var pool = new PagedCache.Pool(30)) {
            var requests = requests(GREEDY);
            var alone = alone(model, requests);
            assertEquals(alone, together(model, DenseCache::new, requests));
            assertEquals(alone, together(model, pool, requests), "paged");
            assertEquals(0, pool.used(), "pages that did not come back");
            if (model instanceof CausalLm causal) assertEquals(alone, inLine(causal, requests), "in line");
        }
        assertTrue(Scope.live() <= before, "what is left alive");
    }

    @ParameterizedTest @ValueSource(strings = {"gpt2", "flan"}) void drawnTokensDoNotDependOnNeighbours(String name) {
        try (var model = load(name)) {
            var drawn = requests(GREEDY.temperature(1.5));
            assertEquals(alone(model, drawn), together(model, DenseCache::new, drawn));
            var mixed = new ArrayList<>(drawn); // each with options of its own
            mixed.set(0, new Request(drawn.get(0).input, 0, drawn.get(0).options.temperature(0)));
            mixed.set(1, new Request(drawn.get(1).input, 2, drawn.get(1).options.topK(3)));
            mixed.set(2, new Request(drawn.get(2).input, 2, drawn.get(2).options.topP(0.6)));
            mixed.set(3, new Request(drawn.get(3).input, 5, drawn.get(3).options.minP(0.5)));
            assertEquals(alone(model, mixed), together(model, DenseCache::new, mixed));
        }
    }

    /** A row whose context is full reads its newer half again, and its neighbours come and go meanwhile. */
    @Test void aFullContextIsItsOwnRowsMatter() {
        try (var model = (CausalLm) load("gpt2")) {
            var requests = List.of(request(model.context() - 2, 0, GREEDY.maxTokens(30)),
                    request(3, 1, GREEDY.maxTokens(5)), request(9, 4, GREEDY.maxTokens(20)));
            var alone = alone(model, requests);
            assertEquals(alone, together(model, DenseCache::new, requests));
            assertEquals(alone, inLine(model, requests));
            try (var pool = new PagedCache.Pool(30)) {
                assertEquals(alone, together(model, pool, requests), "paged");
                assertEquals(0, pool.used());
            }
        }
    }

    /** Pages follow what rows hold: 5 tokens and 17 are 2 and 5 pages of 4. */
    @Test void rowsHaveALengthOfTheirOwn() {
        try (var model = (CausalLm) load("llama"); var pool = new PagedCache.Pool(30)) {
            var opened = new ArrayList<KvCache>();
            KvCache.Kind watched = (shape, starts, capacity) -> {
                opened.add(pool.open(shape, starts, capacity));
                return opened.getLast();
            };
            try (var decoding = model.begin(List.of(new long[5]), 1, watched); var _ = Scope.open()) {
                decoding.add(List.of(new long[17]));
                var columns = opened.getFirst().columns();
                assertArrayEquals(new long[] {2, 17, 5, 17}, lengths(columns));
                assertEquals(7, pool.used());
                decoding.select(Tensor.of(new long[] {0, 0})); // of one row two, as in a beam search
                assertArrayEquals(new long[] {2, 5, 5, 5}, lengths(columns));
                assertEquals(4, pool.used());
            }
            assertEquals(0, pool.used());
        }
    }

    private static long[] lengths(KvColumns columns) {
        return new long[] {columns.rows(), columns.length(), columns.length(0), columns.length(1)};
    }

    @Test void whatIsWrongIsSaid() {
        try (var model = (CausalLm) load("gpt2"); var flan = (EncoderDecoder) load("flan"); var _ = Scope.open();
                var pool = new PagedCache.Pool(30)) {
            try (var decoding = model.begin(List.of(new long[] {3, 4}), 3)) {
                assertMessage("Gpt2: expected prompts of at least one token each. Received an empty one; begin with the"
                        + " token that begins texts.", () -> decoding.add(List.of(new long[0])));
                assertMessage("Gpt2: expected at most 24 tokens of a prompt, the model's context. Received 25; shorten"
                        + " the text.", () -> decoding.add(List.of(new long[25])));
                assertMessage("Gpt2: expected a token for each of 1 rows. Received 2.",
                        () -> decoding.read(Tensor.of(new long[] {1, 2})));
                decoding.read(Tensor.of(new long[] {5})); // all is as before
                assertArrayEquals(new long[] {1, 31}, decoding.logits().shape());
            }
            try (var decoding = flan.begin(List.of(new long[] {3, 4}), 3)) {
                assertMessage("T5: expected sources of at least one token each. Received an empty one",
                        () -> decoding.add(List.of(new long[0])));
            }
            var shape = new KvCache.Shape(1, 1, 2, DType.FLOAT32, Device.CPU);
            try (var dense = new DenseCache(shape, new long[1], 4); var paged = pool.open(shape, new long[1], 4)) {
                assertMessage("DenseCache: expected rows of another DenseCache. Received those of a PagedCache",
                        () -> dense.join(paged));
            }
        }
    }

    private static void assertMessage(String expected, Runnable mistake) {
        assertEquals(expected, assertThrows(IllegalArgumentException.class, mistake::run).getMessage());
    }
}
