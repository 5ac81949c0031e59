package dev.merapi.text.data;

import dev.merapi.data.Batch;
import dev.merapi.data.BatchSource;
import dev.merapi.data.Loader;
import dev.merapi.tensor.Scope;
import dev.merapi.text.tokenizer.CharTokenizer;
import dev.merapi.text.tokenizer.TextCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TokenFileTest {
    @TempDir Path folder;

    /** Numbers between spaces are their own ids. */
    private record Numbers(int vocabSize) implements TextCodec {
        @Override public long[] encode(String text) {
            return Stream.of(text.split(" ")).mapToLong(Long::parseLong).toArray();
        }
        @Override public String decode(long... ids) { return Arrays.toString(ids); }
    }

    /** The ids 0, 1, 2, … each a text of its own. */
    private TokenFile counting(int size) {
        Path file = folder.resolve("counting.tokens");
        TokenFile.write(file, new Numbers(Math.max(size, 1)), IntStream.range(0, size).mapToObj(Integer::toString));
        return TokenFile.open(file);
    }

    @Test void idsTakeTwoBytesOrFour() throws IOException {
        for (int vocabSize : new int[] {1 << 16, (1 << 16) + 1}) {
            int width = vocabSize == 1 << 16 ? 2 : 4;
            Path file = folder.resolve(width + ".tokens");
            TokenFile.write(file, new Numbers(vocabSize), Stream.of("0 1", "40000", (vocabSize - 1) + " 7"));
            var bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
            assertEquals(40 + 5 * width, bytes.limit());
            assertEquals("MTOKENS3", new String(bytes.array(), 0, 8));
            assertEquals(List.of(width, vocabSize, 5), List.of(bytes.getInt(8), bytes.getInt(12), bytes.getInt(16)));
            var tokens = TokenFile.open(file);
            assertEquals(5, tokens.size());
            assertEquals(vocabSize, tokens.vocabSize());
            assertArrayEquals(new long[] {0, 1, 40_000, vocabSize - 1, 7},
                    LongStream.range(0, 5).map(tokens::get).toArray());
        }
    }

    @Test void manyPiecesAreTheWholeText() {
        String text = "To be, or not to be\n".repeat(3000);
        var codec = CharTokenizer.train(Stream.of(text));
        Path file = folder.resolve("chars.tokens");
        TokenFile.write(file, codec, text.lines().map(line -> line + "\n"));
        var tokens = TokenFile.open(file);
        assertArrayEquals(codec.encode(text), LongStream.range(0, tokens.size()).map(tokens::get).toArray());
    }

    @Test void windowsStandSideBySide() {
        long before = Scope.live();
        var windows = counting(11).windows(3);
        assertEquals(3, windows.size());
        try (var _ = Scope.open()) {
            assertArrayEquals(new long[] {6, 7, 8}, windows.get(2).x().toLongs());
            assertArrayEquals(new long[] {7, 8, 9}, windows.get(2).y().toLongs());
            assertEquals(3, counting(10).windows(3).size());
            assertEquals(2, counting(9).windows(3).size());
        }
        try (var batches = Loader.of(windows, 2).iterator()) {
            var batch = batches.next();
            assertEquals("int64 (2, 3) cpu", batch.x().describe());
            assertArrayEquals(new long[] {0, 1, 2, 3, 4, 5}, batch.x().toLongs());
            assertArrayEquals(new long[] {1, 2, 3, 4, 5, 6}, batch.y().toLongs());
        }
        assertTrue(Scope.live() <= before, "tensors are left"); // garbage may have gone
    }

    @Test void randomWindowsReachEveryPlaceAndComeAgain() {
        var windows = counting(20).randomWindows(4, 320);
        assertEquals(320, windows.size());
        var starts = new HashSet<Long>();
        try (var loader = Loader.of(windows, 32).seed(5)) {
            for (Batch batch : loader) {
                long[] x = batch.x().toLongs();
                long[] y = batch.y().toLongs();
                for (int i = 0; i < x.length; i++) {
                    assertEquals(x[i] + 1, y[i]);
                    assertEquals(x[i / 4 * 4] + i % 4, x[i]);
                    if (i % 4 == 0) starts.add(x[i]);
                }
            }
        }
        assertEquals(LongStream.range(0, 16).boxed().toList(), starts.stream().sorted().toList());
        try (var _ = Scope.open()) {
            assertArrayEquals(windows.get(3).x().toLongs(), windows.get(3).x().toLongs());
        }
    }

    @Test void aResumedPassGoesOnAsTheFirst() {
        var windows = counting(1000).randomWindows(8, 40);
        var expected = firsts(Loader.of(windows, 4).seed(1).workers(0), 20);
        assertEquals(expected, firsts(Loader.of(windows, 4).seed(1).workers(3), 20));
        var resumed = Loader.of(windows, 4).seed(1);
        resumed.resume(new BatchSource.Position(1, 3));
        assertEquals(expected.subList(13, 20), firsts(resumed, 7));
        assertFalse(expected.subList(0, 10).equals(expected.subList(10, 20)), "each epoch has its own windows");
        assertFalse(expected.equals(firsts(Loader.of(windows, 4).seed(2), 20)), "each seed has its own windows");
    }

    /** The first token of some batches. */
    private static List<Long> firsts(Loader<Batch> loader, int batches) {
        var firsts = new ArrayList<Long>();
        try (loader) {
            while (firsts.size() < batches) for (Batch batch : loader) firsts.add(batch.x().toLongs()[0]);
        }
        return firsts;
    }

    @Test void splitsByPosition() {
        var parts = counting(101).split(0.9);
        assertEquals(List.of(91L, 10L), parts.stream().map(TokenFile::size).toList());
        assertEquals(90, parts.get(0).get(90));
        assertEquals(91, parts.get(1).get(0));
        assertThrows(IndexOutOfBoundsException.class, () -> parts.get(0).get(91));
        assertEquals("TokenFile.split: expected a fraction between 0 and 1. Received 1.0",
                message(() -> parts.get(0).split(1)));
    }

    @Test void lengthsAreChecked() {
        var tokens = counting(5);
        String expected = folder.resolve("counting.tokens") + ": expected windows of 1 to 4 tokens, as it has 5 and"
                + " each needs its successor. Received ";
        assertEquals(1, tokens.windows(4).size());
        assertEquals(expected + 5, message(() -> tokens.windows(5)));
        assertEquals(expected + 0, message(() -> tokens.randomWindows(0, 1)));
        assertEquals("TokenFile.randomWindows: expected at least 1 window. Received 0",
                message(() -> tokens.randomWindows(2, 0)));
        assertThrows(IllegalArgumentException.class, () -> counting(0).windows(1));
    }

    @Test void theOriginIsKept() throws IOException {
        Path file = folder.resolve("origin.tokens");
        for (String origin : List.of("", "Größe", "Austen, by character", "x".repeat(4096))) {
            TokenFile.write(file, new Numbers(10), Stream.of("1 2", "3"), origin);
            var tokens = TokenFile.open(file);
            assertEquals(origin, tokens.origin());
            assertArrayEquals(new long[] {1, 2, 3}, LongStream.range(0, tokens.size()).map(tokens::get).toArray());
        }
        byte[] whole = Files.readAllBytes(file);
        for (int length : new int[] {whole.length - 1, whole.length - 6}) {
            Files.write(file, Arrays.copyOf(whole, length));
            int left = length - 40 - 4096;
            assertEquals(file + ": expected 3 ids of 2 bytes after the header. Received " + left + " bytes; the file is"
                    + " cut off or damaged, write it again.", message(() -> TokenFile.open(file)));
        }
        assertEquals("TokenFile.write: expected an origin of at most 4096 bytes in UTF-8. Received 4097",
                message(() -> TokenFile.write(file, new Numbers(9), Stream.of("1"), "x".repeat(4097))));
    }

    @Test void damageIsNamed() throws IOException {
        counting(100);
        Path file = folder.resolve("counting.tokens");
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length - 3));
        assertEquals(file + ": expected 100 ids of 2 bytes after the header. Received 197 bytes; the file is cut off or"
                + " damaged, write it again.", message(() -> TokenFile.open(file)));
        Files.write(file, Arrays.copyOf(whole, 20));
        assertEquals(file + ": expected a file of token ids, which begins with MTOKENS3 and has at least 40 bytes."
                + " Received another file, of 20 bytes; make it by TokenFile.write.",
                message(() -> TokenFile.open(file)));
        Files.write(file, with(whole, 7, '2'));
        assertEquals(file + ": expected a file of token ids, which begins with MTOKENS3 and has at least 40 bytes."
                + " Received one of an earlier version, MTOKENS2, of 240 bytes; make it by TokenFile.write.",
                message(() -> TokenFile.open(file)));
        Path missing = folder.resolve("missing");
        assertEquals("Could not read " + missing + ": there is no such file or folder.",
                assertThrows(UncheckedIOException.class, () -> TokenFile.open(missing)).getMessage());
    }

    /** One bit of the origin that is turned must not move the ids. */
    @Test void everyTurnedBitIsFound() throws IOException {
        Path file = folder.resolve("bits.tokens");
        TokenFile.write(file, new Numbers(10), Stream.of("1 2 3"), "austen12");
        byte[] whole = Files.readAllBytes(file);
        for (int bit = 64; bit < 8 * whole.length; bit++) {
            Files.write(file, with(whole, bit / 8, whole[bit / 8] ^ 1 << bit % 8));
            String rest = bit < 8 * 48 ? ": expected a header as TokenFile.write makes it. Received one with a wrong"
                    + " checksum; the file is damaged, write it again."
                    : ": expected the ids that were written. Received others, whose checksum is wrong; the file is"
                    + " damaged, write it again.";
            assertEquals(file + rest, message(() -> TokenFile.open(file)));
        }
    }

    @Test void aFailureLeavesTheOldFile() throws IOException {
        counting(10);
        Path file = folder.resolve("counting.tokens");
        assertEquals("TokenFile.write: expected ids below the codec's vocabSize 5. Received 5",
                message(() -> TokenFile.write(file, new Numbers(5), Stream.of("1 2", "5"))));
        assertEquals(10, TokenFile.open(file).size());
        try (var left = Files.list(folder)) {
            assertTrue(left.allMatch(file::equals));
        }
    }

    private static byte[] with(byte[] bytes, int position, int value) {
        byte[] changed = bytes.clone();
        changed[position] = (byte) value;
        return changed;
    }

    private static String message(Runnable mistake) {
        return assertThrows(IllegalArgumentException.class, mistake::run).getMessage();
    }
}
