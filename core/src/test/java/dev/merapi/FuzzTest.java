package dev.merapi;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class FuzzTest {
    private static final byte[] NUMBER = "12".getBytes();

    @TempDir Path temp;

    private void check(Fuzz.Reader reader) throws Exception {
        Fuzz.of(Map.of("n.txt", NUMBER)).damage("n.txt").heap(1_000_000).check(temp, 1, 50, reader);
    }

    private static String read(Path folder) throws Exception { return Files.readString(folder.resolve("n.txt")); }

    @Test void refusalsWithTheNameAreFine() throws Exception {
        check(folder -> {
            if (!Arrays.equals(Files.readAllBytes(folder.resolve("n.txt")), NUMBER)) {
                throw new IllegalArgumentException(folder.resolve("n.txt") + ": expected 12.");
            }
        });
    }

    @Test void otherExceptionsAreFaults() {
        var error = assertThrows(AssertionError.class, () -> check(folder -> {
            if (!Arrays.equals(Files.readAllBytes(folder.resolve("n.txt")), NUMBER)) Integer.parseInt("x");
        })).getMessage();
        assertTrue(error.matches("(?s)seed 1\n\\d+ of 50, first file \\d+: NumberFormatException: For input string: "
                + "\"x\" at dev.merapi.FuzzTest.+"), error);
    }

    @Test void refusalsWithoutTheNameAreFaults() {
        var error = assertThrows(AssertionError.class, () -> check(folder -> {
            if (!Arrays.equals(Files.readAllBytes(folder.resolve("n.txt")), NUMBER)) {
                throw new IllegalArgumentException("expected 12.");
            }
        })).getMessage();
        assertTrue(error.contains("IllegalArgumentException: expected 0. at"), error);
    }

    @Test void memoryHasALimit() {
        var taken = new ArrayList<byte[]>();
        var error = assertThrows(AssertionError.class, () -> check(folder -> {
            if (!Arrays.equals(Files.readAllBytes(folder.resolve("n.txt")), NUMBER)) taken.add(new byte[2_000_000]);
        })).getMessage();
        assertTrue(error.contains(taken.size() + " of 50, first file "), error);
        assertTrue(error.endsWith("took more than 1000000 bytes of memory"), error);
    }

    @Test void aGoodFileMustBeRead() {
        assertThrows(IllegalStateException.class, () -> check(_ -> { throw new IllegalStateException("always"); }));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x.json", "x.txt", "x.gz", "x.bin"})
    void damageFollowsFromTheSeed(String name) {
        byte[] good = "{\"a\": [1, 2, {\"b\": \"text\"}]}\n".getBytes();
        if (name.equals("x.gz")) good = FuzzEdits.zip(good);
        var damage = FuzzDamage.suiting(name);
        var different = new HashSet<List<Byte>>();
        for (int seed = 0; seed < 100; seed++) {
            byte[] damaged = damage.apply(good, new Random(seed));
            assertArrayEquals(damaged, damage.apply(good, new Random(seed)));
            var bytes = new ArrayList<Byte>();
            for (byte b : damaged) bytes.add(b);
            different.add(bytes);
        }
        assertTrue(different.size() > 60, different.size() + " different files");
    }
}
