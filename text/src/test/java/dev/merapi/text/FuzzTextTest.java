package dev.merapi.text;

import dev.merapi.Fuzz;
import dev.merapi.nn.Layer;
import dev.merapi.text.convert.BertCheckpoint;
import dev.merapi.text.convert.OnnxBert;
import dev.merapi.text.data.Columns;
import dev.merapi.text.data.Conll;
import dev.merapi.text.data.Lines;
import dev.merapi.text.data.Squad;
import dev.merapi.text.data.TextData;
import dev.merapi.text.data.TextPair;
import dev.merapi.text.data.TokenFile;
import dev.merapi.text.model.bert.Bert;
import dev.merapi.text.model.bert.SentenceEncoder;
import dev.merapi.text.model.bert.SequenceClassifier;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.llama.Llama;
import dev.merapi.text.model.t5.T5;
import dev.merapi.text.tokenizer.CharTokenizer;
import dev.merapi.text.tokenizer.Tokenizer;
import dev.merapi.text.tokenizer.WordTokenizer;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Damaged files of all kinds that are read here are refused with their name, or read. */
class FuzzTextTest {
    private static final String SQUAD = """
            {"data":[{"title":"t","paragraphs":[{"context":"Merapi is a volcano.","qas":[{"id":"1",
            "question":"What?","answers":[{"text":"volcano","answer_start":12}]}]}]}]}""";

    @TempDir Path temp;

    private record Kind(String name, Fuzz fuzz, Fuzz.Reader reader) {}

    @TestFactory Stream<DynamicTest> damagedFiles() throws IOException { return tests(10); }

    @Tag("proof") @TestFactory Stream<DynamicTest> aHundredThousandDamagedFiles() throws IOException {
        return tests(100_000 / kinds().size());
    }

    private Stream<DynamicTest> tests(int count) throws IOException {
        return kinds().stream().map(kind -> DynamicTest.dynamicTest(kind.name, () -> kind.fuzz.check(
                temp.resolve(kind.name), 1, count, kind.reader)));
    }

    private List<Kind> kinds() throws IOException {
        var kinds = new ArrayList<Kind>();
        for (var name : List.of("bert", "bpe", "gpt2", "unigram")) {
            Path saved = Files.createDirectories(temp.resolve("saved").resolve(name));
            try (var tokenizer = Tokenizer.open(resource("tokenizer/" + name))) {
                tokenizer.save(saved);
            }
            kinds.add(new Kind("json-" + name, Fuzz.of(saved).damage("tokenizer.json"), FuzzTextTest::tokenize));
            var files = Fuzz.of(resource("tokenizer/" + name));
            kinds.add(new Kind("files-" + name, switch (name) {
                case "bert" -> files.damage("vocab.txt");
                case "gpt2" -> files.damage("vocab.json", "merges.txt");
                default -> files.damage("spiece.model");
            }, FuzzTextTest::tokenize));
        }
        for (var name : List.of("llama", "llama3", "longrope", "yarn", "gemma2", "gemma3", "mistral", "qwen3",
                "linear", "dynamic")) {
            kinds.add(model(name, Llama::load));
        }
        kinds.add(model("gpt2", Gpt2::load));
        for (var name : List.of("bert", "roberta", "distilbert")) kinds.add(model(name, Bert::load));
        kinds.add(model("bert_classifier", SequenceClassifier::load));
        for (var name : List.of("t5", "flan")) kinds.add(model(name, T5::load));
        var bert = Fuzz.of(resource("tiny_bert"));
        kinds.add(new Kind("tensorflow", bert.damage("bert_model.ckpt.index", "bert_model.ckpt.data-00000-of-00001",
                "bert_config.json"), folder -> BertCheckpoint.convert(folder.resolve("bert_model.ckpt"),
                folder.resolve("out"))));
        kinds.add(new Kind("onnx", Fuzz.of(resource("tiny_bert")).damage("model.onnx"), folder -> OnnxBert.convert(
                folder.resolve("model.onnx"), null, SentenceEncoder.Pooling.MEAN, folder.resolve("out"))));
        Path tokens = temp.resolve("saved").resolve("a.tok");
        TokenFile.write(tokens, CharTokenizer.train(Stream.of("abcdefgh")), Stream.of("abcdefghabc"), "origin");
        kinds.add(new Kind("tokens", Fuzz.of(Map.of("a.tok", Files.readAllBytes(tokens))).damage("a.tok"), folder -> {
            var file = TokenFile.open(folder.resolve("a.tok"));
            for (long i = 0; i < file.size(); i++) file.get(i);
        }));
        kinds.add(text("a.csv", "text,label,n\n\"a, \"\"b\"\"\",pos,1\nfoo,neg,2\n\"two\nlines\",pos,3\n",
                file -> Columns.read(file, "text", "label")));
        kinds.add(text("a.tsv", "text\tlabel\na b\tpos\nc d\tneg\n", file -> Columns.read(file, "text", "label")));
        kinds.add(text("a.jsonl", "{\"text\":\"a\",\"label\":1}\n{\"text\":\"b\",\"label\":true}\n",
                file -> Columns.read(file, "text", "label")));
        kinds.add(text("data.csv", "text,label\nx,pos\ny,neg\nz,pos\nw,neg\n",
                file -> TextData.split(file, "text", "label", 0.5, 1)));
        kinds.add(text("conll.txt", "-DOCSTART- -X- O O\n\nEU NNP B-NP B-ORG\nrejects VBZ B-VP O\n", Conll::read));
        kinds.add(text("squad.json", SQUAD, Squad::read));
        kinds.add(text("lines.txt", "a b\nc \u00e9\r\n\n x", file -> Lines.open(file).stream().toList()));
        kinds.add(text("pairs.txt", "a b\nc d\n", file -> TextPair.read(file, file)));
        kinds.add(text("words.json", "{\"clean\":[\"LOWER_CASE\"],\"tokens\":[\"\",\"[UNK]\",\"a\",\"b\"]}",
                WordTokenizer::load));
        kinds.add(text("chars.json", "{\"tokens\":[\"[UNK]\",\"a\",\"b\"]}", CharTokenizer::load));
        return kinds;
    }

    private interface Loading {
        Layer load(Path folder);
    }

    private static Kind model(String name, Loading loading) throws IOException {
        var files = Fuzz.of(resource("transformers/" + name)).damage("config.json").heap(200 << 20);
        return new Kind("model-" + name, files, folder -> loading.load(folder).close());
    }

    private static Kind text(String name, String text, Fuzz.Reader reader) {
        return new Kind(name, Fuzz.of(Map.of(name, text.getBytes(StandardCharsets.UTF_8))).damage(name),
                folder -> reader.read(folder.resolve(name)));
    }

    private static void tokenize(Path folder) {
        try (var tokenizer = Tokenizer.open(folder)) {
            tokenizer.decode(tokenizer.encode("Emma Woodhouse, clever 123 \u00e9\u4e2d\ud83d\ude00 <s>x"));
            tokenizer.encodeAll(List.of("a b c", "", "hello   world"));
        }
    }

    private static Path resource(String name) {
        try {
            return Path.of(FuzzTextTest.class.getResource("/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
