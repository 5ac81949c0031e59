package dev.merapi.text.data;

import dev.merapi.data.Collate;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.data.Sampler;
import dev.merapi.tensor.Scope;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.SPARSE;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Whole data sets, looked for in {@code $MERAPI_CACHE}. */
@Tag("proof")
class TextDataProofTest {
    /** The numbers are the paper's. */
    @Test void imdbIsHalfGoodAndHalfBad() {
        var data = Imdb.full(cache("imdb"));
        for (var part : Stream.of(data.train(), data.test()).toList()) {
            assertEquals(25_000, part.size());
            assertEquals(12_500, part.stream().filter(t -> t.label() == 1).count());
            assertTrue(part.stream().noneMatch(t -> t.text().isBlank()));
        }
        assertTrue(data.train().get(0).text().startsWith("Story of a man who has unnatural feelings for a pig."),
                data.train().get(0).text());
    }

    /** Elliott et al. 2016, "Multi30K: Multilingual English-German Image Descriptions", table 1. */
    @Test void multi30kHasItsPairs() {
        var train = TextPair.read(cache("multi30k"), "train", "de", "en");
        assertEquals(29_000, train.size());
        assertEquals(new TextPair("Zwei junge weiße Männer sind im Freien in der Nähe vieler Büsche.",
                "Two young, White males are outside near many bushes."), train.get(0));
        assertEquals(1_014, TextPair.read(cache("multi30k"), "val", "de", "en").size());
    }

    /** Three billion ids, 6 GB that a file system need not store. */
    @Test void idsBeyondTwoGigabytesAreReached(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("big.tokens");
        long count = 3_000_000_000L;
        var header = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN).put("MTOKENS3".getBytes()).putInt(2)
                .putInt(50_257).putLong(count).putLong(0).putInt(0);
        var crc = new CRC32C();
        crc.update(header.array(), 0, 36);
        header.putInt((int) crc.getValue()).flip();
        try (var channel = FileChannel.open(file, CREATE_NEW, WRITE, SPARSE)) {
            channel.write(header, 0);
            channel.write(ByteBuffer.wrap(new byte[] {0x39, 0x30}), 40 + 2 * 2_929_687L * 1024); // 12345
            channel.write(ByteBuffer.wrap(new byte[] {0x39, 0x30}), 40 + 2 * count - 2);
        }
        var tokens = TokenFile.open(file);
        assertEquals(count, tokens.size());
        assertEquals(12_345, tokens.split(0.9).get(1).get(count / 10 - 1));
        var windows = tokens.windows(1024);
        assertEquals(2_929_687, windows.size());
        try (var _ = Scope.open()) {
            assertEquals(12_345, windows.get(2_929_686).y().toLongs()[1023]);
        }
        assertThrows(IllegalArgumentException.class, tokens::verify);
    }

    /** In words, as tokens are about as many. */
    @Test void bucketsSpareThePadding() {
        int[] reviews = Imdb.full(cache("imdb")).train().stream()
                .mapToInt(t -> t.text().split("\\s+").length).toArray();
        assertEquals(0.70, padding(reviews, Sampler.random(reviews.length, 1), 32), 0.01);
        assertEquals(0.07, padding(reviews, Sampler.bucketed(reviews, 32, 1), 32), 0.01);
        int[] captions = TextPair.read(cache("multi30k"), "train", "de", "en").stream()
                .mapToInt(pair -> pair.source().split("\\s+").length).toArray();
        assertEquals(0.55, padding(captions, Sampler.random(captions.length, 1), 128), 0.01);
        assertEquals(0.04, padding(captions, Sampler.bucketed(captions, 128, 1), 128), 0.01);
    }

    /** The same captions, in about as many batches as above (227), sorted as a whole. */
    @Test void aBudgetSparesMorePadding() {
        int[] lengths = TextPair.read(cache("multi30k"), "train", "de", "en").stream()
                .mapToInt(pair -> pair.source().split("\\s+").length).toArray();
        var positions = Dataset.of(IntStream.range(0, lengths.length).boxed().toList());
        long words = 0;
        long all = 0;
        try (var loader = Loader.maxTokens(positions, lengths, 1408, Collate.list()).shuffle(1)) {
            assertEquals(231, loader.batches());
            for (var batch : loader) {
                long longest = batch.stream().mapToInt(i -> lengths[i]).max().getAsInt();
                words += batch.stream().mapToInt(i -> lengths[i]).sum();
                all += batch.size() * longest;
            }
        }
        assertEquals(0.005, 1 - words / (double) all, 0.001);
    }

    /** Share of padding when every batch is filled up to its longest text. */
    private static double padding(int[] lengths, Sampler sampler, int batch) {
        int[] order = sampler.order(0);
        long all = 0;
        for (int from = 0; from < order.length; from += batch) {
            int to = Math.min(from + batch, order.length);
            all += (to - from) * Arrays.stream(order, from, to).mapToLong(i -> lengths[i]).max().getAsLong();
        }
        return 1 - Arrays.stream(lengths).asLongStream().sum() / (double) all;
    }

    private static Path cache(String name) {
        var root = System.getenv("MERAPI_CACHE");
        assumeTrue(root != null, "MERAPI_CACHE is not set: no full data sets");
        Path folder = Path.of(root, name);
        assumeTrue(Files.isDirectory(folder), folder + " is missing");
        return folder;
    }
}
