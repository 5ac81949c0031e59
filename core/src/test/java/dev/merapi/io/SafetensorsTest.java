package dev.merapi.io;

import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Sequential;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SafetensorsTest {
    @TempDir Path folder;

    private static final Map<String, String> METADATA = Map.of("seed", "7", "by", "müller");

    @ParameterizedTest
    @EnumSource(DType.class)
    void everyTypeComesBackBitForBit(DType type) {
        try (var _ = Scope.open()) {
            Path file = folder.resolve("t.safetensors");
            var values = Tensor.arange(0, 12, 1).sub(5).to(type).reshape(3, 4);
            Safetensors.write(file, Map.of("a", values, "b.t", values.mT(), "scalar", Tensor.full(3), "none",
                    Tensor.zeros(0, 2)), METADATA);
            var read = SafetensorsFile.open(file);
            assertEquals(METADATA, read.metadata());
            assertEquals(Set.of("a", "b.t", "scalar", "none"), read.names());
            assertTrue(read.tensor("a").sameAs(values));
            assertEquals(type, read.tensor("a").dtype());
            assertTrue(read.tensor("b.t").sameAs(values.mT()), "a view is written in row-major order");
            assertEquals(0, read.tensor("scalar").rank());
            assertArrayEquals(new long[] {0, 2}, read.tensor("none").shape());
        }
    }

    @Test void tensorsOutliveTheFileObjectAndLeaveTheFileAlone() throws IOException {
        Path file = folder.resolve("t.safetensors");
        Safetensors.write(file, Map.of("a", Tensor.ones(1000)), Map.of());
        byte[] before = Files.readAllBytes(file);
        try (var _ = Scope.open()) {
            var a = SafetensorsFile.open(file).tensor("a");
            System.gc();
            assertEquals(3000, a.add_(2).sum().item());
        }
        assertArrayEquals(before, Files.readAllBytes(file));
    }

    @Test void tensorsOfAReadOnlyFileMayBeWrittenToAsWell() throws IOException {
        Path file = folder.resolve("t.safetensors");
        Safetensors.write(file, Map.of("a", Tensor.ones(1000)), Map.of());
        byte[] before = Files.readAllBytes(file);
        try (var _ = Scope.open()) {
            assertEquals(3000, SafetensorsFile.openReadOnly(file).tensor("a").add_(2).sum().item());
        }
        assertArrayEquals(before, Files.readAllBytes(file));
    }

    @Test void unalignedDataIsCopied() throws IOException {
        Path file = write("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[1,5]}}",
                new byte[] {9, 0, 0, (byte) 128, 63});
        try (var _ = Scope.open()) {
            assertEquals(1, SafetensorsFile.open(file).tensor("b").item());
        }
    }

    @Test void aLayerComesBackExactly() {
        Path file = folder.resolve("model.safetensors");
        try (var saved = new Sequential(new Linear(3, 4), new Linear(4, 2)); var loaded = new Sequential(
                new Linear(3, 4), new Linear(4, 2)); var _ = Scope.open()) {
            Safetensors.save(saved, file);
            var weight = loaded.params().get("0.weight");
            Safetensors.load(loaded, file);
            var x = Tensor.randn(5, 3);
            assertTrue(saved.forward(x).sameAs(loaded.forward(x)));
            assertTrue(weight == loaded.params().get("0.weight") && weight.requiresGrad(), "parameters keep identity");
        }
    }

    @Test void allMismatchesAreReportedAtOnce() {
        Path file = folder.resolve("model.safetensors");
        try (var layer = new Sequential(new Linear(3, 4), new Linear(4, 2)); var _ = Scope.open()) {
            var tensors = new TreeMap<String, Tensor>(layer.tensors());
            tensors.put("0.wieght", tensors.remove("0.weight"));
            tensors.put("1.bias", Tensor.ones(3));
            Safetensors.write(file, tensors, Map.of());
            float[] before = layer.params().get("1.weight").toFloats();
            var error = assertThrows(IllegalArgumentException.class, () -> Safetensors.load(layer, file));
            assertEquals(file + """
                     does not fit Sequential:
                      missing    0.weight (nearest: 0.wieght)
                      unexpected 0.wieght (nearest: 0.weight)
                      unfit      1.bias: expected shape (2), received (3)
                    Build the model with the settings it was saved with, or take what fits by Weights.loadMatching.""",
                    error.getMessage());
            assertArrayEquals(before, layer.params().get("1.weight").toFloats());

            try (var _ = Torch.noGrad()) {
                layer.params().get("1.weight").zero_();
            }
            var left = Weights.open(file).loadMatching(layer);
            assertEquals(List.of("0.weight"), left.missing());
            assertArrayEquals(before, layer.params().get("1.weight").toFloats());
        }
    }

    @Test void typesAreConverted() {
        Path file = folder.resolve("model.safetensors");
        try (var layer = new Linear(3, 4); var half = new Linear(3, 4); var _ = Scope.open()) {
            half.to(DType.BFLOAT16);
            Safetensors.save(half, file);
            Safetensors.load(layer, file);
            assertEquals(DType.FLOAT32, layer.params().get("weight").dtype());
            assertArrayEquals(half.params().get("weight").toFloats(), layer.params().get("weight").toFloats());
        }
    }

    @Test void shardsLoadThroughTheirIndex() throws IOException {
        try (var saved = new Linear(3, 4); Layer loaded = new Linear(3, 4); var _ = Scope.open()) {
            for (String name : List.of("weight", "bias")) {
                var one = Map.of(name, saved.tensors().get(name));
                Safetensors.write(folder.resolve(name + ".safetensors"), one, Map.of());
            }
            Path index = Files.writeString(folder.resolve("model.safetensors.index.json"),
                    "{\"weight_map\":{\"weight\":\"weight.safetensors\",\"bias\":\"bias.safetensors\"}}");
            Safetensors.load(loaded, folder);
            assertArrayEquals(saved.params().get("bias").toFloats(), loaded.params().get("bias").toFloats());

            Files.writeString(index, "{\"weight_map\":{"
                    + "\"weight\":\"weight.safetensors\",\"bias\":\"weight.safetensors\"}}");
            assertEquals(index + ": expected bias in weight.safetensors. It is not there.",
                    assertThrows(IllegalArgumentException.class, () -> Weights.open(index)).getMessage());
        }
    }

    @Test void everyTruncationIsNoticed() throws IOException {
        Path file = folder.resolve("t.safetensors");
        Safetensors.write(file, Map.of("a", Tensor.ones(3), "b", Tensor.ones(2, 2)), METADATA);
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            Path cut = Files.write(folder.resolve("cut" + length), Arrays.copyOf(whole, length));
            var error = assertThrows(IllegalArgumentException.class, () -> SafetensorsFile.open(cut));
            assertTrue(error.getMessage().startsWith(cut + ": not a complete safetensors file: "), error.getMessage());
        }
    }

    @Test void anyFlippedByteIsNoticedOrHarmless() throws IOException {
        Path file = folder.resolve("t.safetensors");
        Safetensors.write(file, Map.of("a", Tensor.ones(3), "b", Tensor.ones(2, 2)), METADATA);
        byte[] whole = Files.readAllBytes(file);
        int noticed = 0;
        for (int i = 0; i < whole.length; i++) {
            byte[] bad = whole.clone();
            bad[i] ^= 0x15;
            Path corrupt = Files.write(folder.resolve("corrupt"), bad);
            try (var _ = Scope.open()) {
                var read = SafetensorsFile.open(corrupt);
                read.names().forEach(name -> read.tensor(name).sum()); // must not crash the JVM
            } catch (IllegalArgumentException e) {
                noticed++;
            }
        }
        assertTrue(noticed > 100, "only " + noticed + " of " + whole.length);
    }

    /** Bytes that another program wrote: 0x38 is 1 in float8 e4m3, 0x7e its largest; 0x3c is 1 in e5m2. */
    @Test void float8AndUnsignedIntegersHaveTheirValues() throws IOException {
        Path file = write("{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[4],\"data_offsets\":[0,4]},"
                + "\"b\":{\"dtype\":\"F8_E5M2\",\"shape\":[2],\"data_offsets\":[4,6]},"
                + "\"c\":{\"dtype\":\"U16\",\"shape\":[1],\"data_offsets\":[6,8]},"
                + "\"d\":{\"dtype\":\"U32\",\"shape\":[1],\"data_offsets\":[8,12]},"
                + "\"e\":{\"dtype\":\"U64\",\"shape\":[1],\"data_offsets\":[12,20]}}",
                new byte[] {0x38, 0x7e, (byte) 0xb8, 0x01, 0x3c, 0x7b, -1, -1, -1, -1, -1, -1,
                    -1, -1, -1, -1, -1, -1, -1, -1});
        try (var _ = Scope.open()) {
            var read = SafetensorsFile.open(file);
            assertArrayEquals(new double[] {1, 448, -1, Math.pow(2, -9)}, read.tensor("a").toDoubles());
            assertArrayEquals(new double[] {1, 57_344}, read.tensor("b").toDoubles());
            assertEquals(65_535, read.tensor("c").itemLong());
            assertEquals(4_294_967_295L, read.tensor("d").itemLong());
            assertEquals("tensor([18446744073709551615], dtype=torch.uint64)", read.tensor("e").toString());
            assertEquals("tensor([1.0000e+00, 5.7344e+04], dtype=torch.float8_e5m2)", read.tensor("b").toString());
        }
    }

    @Test void anUnknownTypeRefusesItsTensorAlone() throws IOException {
        Path file = write("{\"a\":{\"dtype\":\"F4\",\"shape\":[8],\"data_offsets\":[0,4]},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
                new byte[] {0, 0, 0, 0, 0, 0, (byte) 128, 63});
        try (var _ = Scope.open()) {
            var read = SafetensorsFile.open(file);
            assertEquals(1, read.tensor("b").item());
            assertArrayEquals(new long[] {8}, read.shape("a"));
            for (Executable ask : List.<Executable>of(() -> read.tensor("a"), () -> read.dtype("a"))) {
                var error = assertThrows(IllegalArgumentException.class, ask);
                assertTrue(error.getMessage().startsWith(file + ": a is of type F4, expected one of [F32, F64, "),
                        error.getMessage());
            }
        }
    }

    @Test void aFolderIsNoFile() {
        String expected = "Could not read " + folder + ": expected a file, received a folder.";
        assertEquals(expected, assertThrows(UncheckedIOException.class, () -> SafetensorsFile.open(folder))
                .getMessage());
        assertEquals(expected, assertThrows(UncheckedIOException.class, () -> JsonFile.object(folder)).getMessage());
    }

    @Test void corruptHeadersSayWhatIsWrong() throws IOException {
        String f32 = "\"dtype\":\"F32\",\"shape\":[1],";
        assertEquals("the header is no JSON object: it is not an object.", refusal("[1]  ", 0));
        assertEquals("a: dtype is missing.", refusal("{\"a\":{\"shape\":[0],\"data_offsets\":[0,0]}}", 0));
        assertEquals("a: expected data inside the 4 bytes after the header. Received offsets [0, 8];"
                + " the file may be cut short.", refusal("{\"a\":{" + f32 + "\"data_offsets\":[0,8]}}", 4));
        assertEquals("a: expected 4 bytes for float32 (1). Received 8.",
                refusal("{\"a\":{" + f32 + "\"data_offsets\":[0,8]}}", 8));
        assertEquals("b: expected its data at 4. Received 0.", refusal("{\"a\":{" + f32 + "\"data_offsets\":[0,4]},"
                + "\"b\":{" + f32 + "\"data_offsets\":[0,4]}}", 4));
        assertEquals("a: expected natural numbers. Received [-1].",
                refusal("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4));
        assertTrue(refusal("{\"a\":{" + f32 + "\"data_offsets\":[0,4]},\"a\":{" + f32 + "\"data_offsets\":[0,4]}}", 4)
                .startsWith("the header is no JSON object: Duplicate field 'a'"));
        assertEquals("expected 0 bytes of data. Received 3.", refusal("{}", 3));
        assertEquals("b: expected its data at 4. Received 8.", refusal("{\"a\":{" + f32 + "\"data_offsets\":[0,4]},"
                + "\"b\":{" + f32 + "\"data_offsets\":[8,12]}}", 12), "a hole");
        assertEquals("a: shape (4611686018427387904, 4) is too large.", refusal("{\"a\":{\"dtype\":\"F32\","
                + "\"shape\":[4611686018427387904,4],\"data_offsets\":[0,4]}}", 4));
        assertEquals("__metadata__ is not a JSON object.", refusal("{\"__metadata__\":1}", 0));
        assertEquals("the header is no JSON object: there is more behind its end.", refusal("{} {}", 0));
    }

    private String refusal(String header, int dataBytes) throws IOException {
        Path file = write(header, new byte[dataBytes]);
        String message = assertThrows(IllegalArgumentException.class, () -> SafetensorsFile.open(file)).getMessage();
        return message.substring((file + ": not a complete safetensors file: ").length());
    }

    private Path write(String header, byte[] data) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        var buffer = ByteBuffer.allocate(8 + json.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(json.length).put(json).put(data);
        return Files.write(folder.resolve("hand.safetensors"), buffer.array());
    }

    @Test void theFormatsOwnNameIsRefused() {
        var error = assertThrows(IllegalArgumentException.class, () -> Safetensors.write(
                folder.resolve("t.safetensors"), Map.of("__metadata__", Tensor.ones(1)), Map.of()));
        assertEquals("Safetensors.write: the format keeps the name __metadata__ for itself. Rename that tensor.",
                error.getMessage());
    }

    @Test void aMissingFileOrTensorIsNamed() {
        Path none = folder.resolve("none.safetensors");
        assertEquals("Could not read " + none + ": there is no such file or folder.",
                assertThrows(UncheckedIOException.class, () -> SafetensorsFile.open(none)).getMessage());
        Path file = folder.resolve("t.safetensors");
        Safetensors.write(file, Map.of("encoder.weight", Tensor.ones(1)), Map.of());
        assertEquals(file + ": there is no tensor encoder.wieght. The nearest is encoder.weight.",
                assertThrows(IllegalArgumentException.class, () -> SafetensorsFile.open(file).tensor("encoder.wieght"))
                        .getMessage());
    }
}
