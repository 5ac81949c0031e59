package dev.merapi.vision.data;

import dev.merapi.tensor.Scope;
import dev.merapi.vision.transform.RandomFlip;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

class FashionMnistTest {
    private final ImageData data = FashionMnist.subset();

    @Test void theSubsetHasEquallyManyOfEachClass() {
        var train = new int[10];
        var test = new int[10];
        for (int i = 0; i < data.train().size(); i++) train[data.train().get(i).label()]++;
        for (int i = 0; i < data.test().size(); i++) test[data.test().get(i).label()]++;
        assertArrayEquals(filled(1000), train);
        assertArrayEquals(filled(200), test);
    }

    @Test void theSubsetIsTheOneThatTheScriptWrote() throws IOException {
        var sums = new String(resource("SHA256SUMS").readAllBytes());
        assertEquals(4, sums.lines().count());
        for (String line : sums.lines().toList()) {
            String name = line.substring(66);
            assertEquals(line.substring(0, 64), sha256(new GZIPInputStream(resource(name + ".gz")).readAllBytes()));
        }
    }

    /** Over the full training set the statistics are 0.2860 and 0.3530: its normalised mean is 0 and its std 1. */
    @Test void batchesAreNormalised() {
        try (var loader = data.train(10_000); var batches = loader.iterator(); var _ = Scope.open()) {
            var x = batches.next().x();
            assertEquals("float32 (10000, 1, 28, 28) cpu", x.describe());
            assertEquals(0, x.mean().item(), 0.01);
            assertEquals(1, x.square().mean().item(), 0.01);
        }
    }

    @Test void theSeedDecidesOrderAndAugmentation() {
        var augmented = data.augment(new RandomFlip());
        assertArrayEquals(first(augmented, 1), first(augmented, 1));
        assertFalse(Arrays.equals(first(augmented, 1), first(augmented, 2)));
        assertFalse(Arrays.equals(first(augmented, 1), first(data, 1)));
    }

    private static float[] first(ImageData data, long seed) {
        try (var loader = data.train(4, seed); var batches = loader.iterator()) {
            return batches.next().x().toFloats();
        }
    }

    private static int[] filled(int count) {
        var counts = new int[10];
        Arrays.fill(counts, count);
        return counts;
    }

    private static InputStream resource(String name) {
        return FashionMnist.class.getResourceAsStream("fashion-mnist/" + name);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
