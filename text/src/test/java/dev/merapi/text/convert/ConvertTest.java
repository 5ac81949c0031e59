package dev.merapi.text.convert;

import dev.merapi.io.SafetensorsFile;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.model.bert.MaskedLm;
import dev.merapi.text.model.bert.SentenceEncoder;
import dev.merapi.text.model.bert.Tokens;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The files of {@code src/test/python/tiny_bert.py} become models that give PyTorch's values. */
class ConvertTest {
    private static final String INDEX = "bert_model.ckpt.index";
    private static final String DATA = "bert_model.ckpt.data-00000-of-00001";

    @TempDir Path folder;

    @Test void aTensorFlowCheckpointBecomesAModel() throws IOException {
        long before = Scope.live();
        BertCheckpoint.convert(resource("/tiny_bert").resolve("bert_model.ckpt"), folder);
        assertTrue(Scope.live() <= before);
        try (var _ = Scope.open(); var model = MaskedLm.load(folder)) {
            model.eval();
            var tokens = tokens();
            assertClose("bert.masked/out", model.forward(tokens).mul(tokens.mask().unsqueeze(2)), 1e-5);
        }
        assertEquals("[MASK]", Files.readAllLines(folder.resolve("vocab.txt")).get(4));
        assertTrue(Files.readString(folder.resolve("tokenizer_config.json")).contains("\"do_lower_case\" : true"));
    }

    @Test void settingsFollowFromShapesWhereNoFileHasThem() throws IOException {
        copy("bert_model.ckpt.index", "bert_model.ckpt.data-00000-of-00001");
        BertCheckpoint.convert(folder, folder.resolve("converted"));
        String config = Files.readString(folder.resolve("converted/config.json"));
        for (var setting : new String[] {"\"vocab_size\" : 17", "\"hidden_size\" : 8", "\"num_hidden_layers\" : 2",
                "\"intermediate_size\" : 10", "\"max_position_embeddings\" : 10", "\"type_vocab_size\" : 2"}) {
            assertTrue(config.contains(setting), setting + " not in " + config);
        }
        assertFalse(Files.exists(folder.resolve("converted/vocab.txt")));
    }

    /** Four bytes a character, as Jackson guesses. */
    @Test void settingsThatAreNoJsonAreRefusedByName() throws IOException {
        copy(INDEX, DATA);
        Files.write(folder.resolve("bert_config.json"), new byte[] {'{', 0, 0, 0, 0, 0, 0, 0, 'e', 'n', 't', 'i'});
        expect("", "bert_config.json");
    }

    @Test void namesAreHuggingFaces() {
        assertEquals("bert.encoder.layer.11.attention.self.query.weight",
                BertCheckpoint.target("module/bert/encoder/layer_11/attention/self/query/kernel"));
        assertEquals("bert.embeddings.token_type_embeddings.weight",
                BertCheckpoint.target("bert/embeddings/token_type_embeddings"));
        assertEquals("cls.predictions.transform.LayerNorm.bias",
                BertCheckpoint.target("cls/predictions/transform/LayerNorm/beta"));
        assertEquals("cls.predictions.bias", BertCheckpoint.target("cls/predictions/output_bias"));
        assertEquals("cls.seq_relationship.weight", BertCheckpoint.target("cls/seq_relationship/output_weights"));
        assertEquals(null, BertCheckpoint.target("bert/pooler/dense/kernel/adam_v"));
        assertEquals(null, BertCheckpoint.target("global_step"));
    }

    @Test void aCheckpointsTensorsAreReadByName() {
        try (var _ = Scope.open()) {
            var checkpoint = TensorFlowCheckpoint.open(resource("/tiny_bert"));
            assertEquals(43, checkpoint.names().size());
            assertEquals("[17, 8]", Arrays.toString(checkpoint.shape("bert/embeddings/word_embeddings")));
            var e = assertThrows(IllegalArgumentException.class,
                    () -> checkpoint.tensor("bert/embeddings/word_embedding"));
            assertTrue(e.getMessage().endsWith("there is no tensor bert/embeddings/word_embedding. The nearest is"
                    + " bert/embeddings/word_embeddings."), e.getMessage());
        }
    }

    @Test void damagedCheckpointsSayWhatIsWrong() throws IOException {
        copy(INDEX, DATA);
        byte[] index = Files.readAllBytes(folder.resolve(INDEX)), data = Files.readAllBytes(folder.resolve(DATA));

        Files.write(folder.resolve(DATA), Arrays.copyOf(data, data.length - 1));
        expect("it may be cut short.", DATA);
        data[100] ^= 1;
        Files.write(folder.resolve(DATA), data);
        expect("is wrong: the file is damaged.", DATA);
        Files.delete(folder.resolve(DATA));
        var missing = assertThrows(RuntimeException.class, () -> BertCheckpoint.convert(folder, folder));
        assertTrue(missing.getMessage().endsWith(DATA + ": there is no such file or folder."), missing.getMessage());

        Files.write(folder.resolve(INDEX), Arrays.copyOf(index, index.length - 100));
        expect("it does not end as one; the file may be cut short.", INDEX);
        index[10] ^= 1;
        Files.write(folder.resolve(INDEX), index);
        expect("the checksum of the block at 0 is wrong.", INDEX);
        Files.write(folder.resolve("other.index"), index);
        expect("expected one checkpoint's .index file. Received 2", folder.getFileName().toString());
    }

    private void expect(String end, String file) {
        var e = assertThrows(IllegalArgumentException.class,
                () -> BertCheckpoint.convert(folder, folder.resolve("converted")));
        assertTrue(e.getMessage().contains(file) && e.getMessage().contains(end), e.getMessage());
    }

    @Test void anOnnxFileBecomesASentenceEncoder() throws Exception {
        Path onnx = resource("/tiny_bert").resolve("model.onnx");
        OnnxBert.convert(onnx, null, SentenceEncoder.Pooling.MEAN, folder);
        var encoder = SentenceEncoder.load(folder);
        try (var _ = Scope.open(); var model = encoder.model(); var session = new OnnxSession(onnx, 1)) {
            model.eval();
            assertEquals(2, model.config().numAttentionHeads());
            assertClose("bert.model/mean", encoder.forward(tokens()), 1e-5);

            long[] ids = {2, 9, 4, 3, 2, 5, 3, 0}, mask = {1, 1, 1, 1, 1, 1, 1, 0};
            float[] theirs = session.hidden(ids, mask, 2);
            var tokens = new Tokens(Tensor.of(ids, 2, 4), null, Tensor.of(mask, 2, 4).to(DType.BOOL));
            Tensor difference = Tensor.of(theirs, 2, 4, 8).sub(model.forward(tokens)).mul(tokens.mask().unsqueeze(2));
            assertEquals(0, difference.abs().max().item(), 1e-5);
        }
    }

    @Test void damagedOnnxFilesSayWhatIsWrong() throws IOException {
        Path file = folder.resolve("model.onnx");
        byte[] whole = Files.readAllBytes(resource("/tiny_bert").resolve("model.onnx"));
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));
        expectOnnx(file, "not a complete ONNX file: expected ");
        Files.write(file, "Hello".getBytes());
        expectOnnx(file, "not a complete ONNX file");
        Files.write(file, new byte[0]);
        expectOnnx(file, "not a complete ONNX file: it has no graph.");
        for (String op : List.of("MatMul", "Add", "Reshape")) {
            Files.write(file, ("\72" + (char) (op.length() + 4) + "\12" + (char) (op.length() + 2) + "\42"
                    + (char) op.length() + op).getBytes()); // a graph of one node without inputs
            expectOnnx(file, "expected a BERT with a matrix ");
        }
    }

    /** Its checksum is right, as when a program wrote nonsense: the lengths of keys and blocks are looked at too. */
    @Test void nonsenseInCheckpointsIsRefused() throws IOException {
        copy(INDEX, DATA);
        byte[] index = Files.readAllBytes(folder.resolve(INDEX));
        var bytes = ByteBuffer.wrap(index).order(ByteOrder.LITTLE_ENDIAN);
        int size = 4; // of the first block, which is followed by its kind, 0, and its checksum
        var table = MemorySegment.ofArray(index);
        while (SortedTable.checksum(table.asSlice(0, size + 1)) != bytes.getInt(size + 1)) size++;
        for (long shared : new long[] {-1, Long.MIN_VALUE, 1L << 32, 1}) {
            byte[] changed = index.clone();
            for (int i = 0; i < 10; i++) { // of the first key
                changed[i] = (byte) (i < 9 ? shared >>> 7 * i & 0x7f | 0x80 : shared >>> 63);
            }
            ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putInt(size + 1,
                    SortedTable.checksum(MemorySegment.ofArray(changed).asSlice(0, size + 1)));
            Files.write(folder.resolve(INDEX), changed);
            expect("a key shares more than there is.", INDEX);
        }
        for (int i = 0; i < 40; i++) index[index.length - 48 + i] = (byte) (i % 10 < 9 ? 0xff : 0); // places
        Files.write(folder.resolve(INDEX), index);
        expect("a block should be at ", INDEX);
    }

    private void expectOnnx(Path file, String what) {
        var e = assertThrows(IllegalArgumentException.class,
                () -> OnnxBert.convert(file, null, SentenceEncoder.Pooling.CLS, folder.resolve("converted")));
        assertTrue(e.getMessage().startsWith(file + ": " + what), e.getMessage());
    }

    private void copy(String... names) throws IOException {
        for (String name : names) Files.copy(resource("/tiny_bert").resolve(name), folder.resolve(name));
    }

    private static Tokens tokens() {
        return new Tokens(golden("bert/ids"), golden("bert/types"), golden("bert/mask"));
    }

    private static Tensor golden(String key) {
        return SafetensorsFile.open(resource("/goldens/bert.safetensors")).tensor(key);
    }

    private static void assertClose(String key, Tensor actual, double tolerance) {
        assertEquals(0, golden(key).sub(actual).abs().max().item(), tolerance, key);
    }

    private static Path resource(String name) {
        try {
            return Path.of(ConvertTest.class.getResource(name).toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
