package dev.merapi.io;

import dev.merapi.nn.BatchNorm1d;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Sequential;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Checkpoints that {@code src/test/python/golden/checkpoints.py} saved, and others made by hand. */
class TorchFileTest {
    private static final Path SAVED = Path.of("src/test/resources/goldens/checkpoints");
    private static final List<DType> TYPES = List.of(DType.FLOAT64, DType.FLOAT16, DType.BFLOAT16, DType.INT64,
            DType.INT32, DType.INT16, DType.INT8, DType.UINT8, DType.COMPLEX64, DType.COMPLEX128);

    @TempDir Path folder;

    @ParameterizedTest @ValueSource(strings = {"state.pth", "protocol4.pth"})
    void everyTypeAndViewIsRead(String name) {
        long live = Scope.live();
        try (var _ = Scope.open()) {
            assertState(Weights.open(SAVED.resolve(name)));
        }
        assertTrue(Scope.live() <= live, "left alive: " + (Scope.live() - live));
    }

    private static void assertState(Weights weights) {
        assertArrayEquals(new float[] {0, 1, 2, 3, 4, 5}, weights.tensor("weight").toFloats());
        assertArrayEquals(new float[] {6, 7, 8, 9, 10, 11}, weights.tensor("later").toFloats());
        assertArrayEquals(new long[] {3, 4}, weights.shape("turned"));
        assertArrayEquals(new float[] {0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11}, weights.tensor("turned").toFloats());
        assertEquals(7, weights.tensor("scalar").item());
        assertArrayEquals(new long[] {0, 2}, weights.tensor("none").shape());
        assertArrayEquals(new float[] {0, 1, 2, 3, 4, 5, 6, 7}, weights.tensor("last").toFloats());
        for (DType type : TYPES) {
            assertEquals(type, weights.dtype(type.toString()));
            Tensor values = weights.tensor(type.toString());
            assertArrayEquals(new double[] {0, 1, 2}, (type.isComplex() ? values.real() : values).toDoubles());
        }
        assertArrayEquals(new boolean[] {false, true, true}, weights.tensor("bool").toBooleans());
        var target = Tensor.zeros(DType.FLOAT64, 3, 4);
        weights.copyTo("turned", target);
        assertArrayEquals(new double[] {0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11}, target.toDoubles());
    }

    @Test void aCompressedArchiveIsReadToo() throws IOException {
        try (var _ = Scope.open()) {
            assertState(Weights.open(zip(entries("state.pth"), true, "state.pt")));
        }
    }

    @Test void aCheckpointOfATrainingHoldsTheModelAndMore() {
        var checkpoint = Weights.open(SAVED.resolve("training.pth"));
        assertTrue(checkpoint.names().contains("optimizer.state.0.exp_avg"), checkpoint.names().toString());
        assertEquals("3", checkpoint.metadata().get("epoch"));
        assertEquals("0.75", checkpoint.metadata().get("best"));
        assertEquals("dog", checkpoint.metadata().get("classes.1"));
        assertEquals("1099511627776", checkpoint.metadata().get("big"));
        assertEquals("-5", checkpoint.metadata().get("minus"));
        assertEquals("false", checkpoint.metadata().get("done"));
        Sequential model;
        try (var _ = Torch.on(Device.META)) {
            model = new Sequential(new Linear(3, 4), new BatchNorm1d(4));
        }
        try (model; var _ = Scope.open()) {
            checkpoint.under("model.").loadInto(model);
            assertArrayEquals(new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11},
                    model.params().get("0.weight").toFloats());
            assertArrayEquals(new float[] {5, 6, 7, 8}, model.tensors().get("1.running_var").toFloats());
            assertEquals(6, model.tensors().get("1.num_batches_tracked").itemLong());
        }
    }

    @Test void aModelFolderMayHoldOne() throws IOException {
        Files.copy(SAVED.resolve("training.pth"), folder.resolve("pytorch_model.bin"));
        assertEquals(Set.of("0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var",
                "1.num_batches_tracked"), Weights.open(folder).under("model.").names());
    }

    @Test void tensorsMayBeWrittenToWithoutHarmToTheFile() throws IOException {
        Path file = Files.copy(SAVED.resolve("state.pth"), folder.resolve("state.pth"));
        byte[] before = Files.readAllBytes(file);
        try (var _ = Scope.open()) {
            assertEquals(7, Weights.open(file).tensor("weight").add_(2).select(0, 1).select(0, 2).item());
        }
        assertArrayEquals(before, Files.readAllBytes(file));
    }

    @Test void nothingIsCalled() {
        assertRefused(SAVED.resolve("call.pth"), "call/data.pkl, byte ", "Received a use of posix.system, which is not"
                + " run; open the file in PyTorch, if you trust it, and save model.state_dict() alone.");
        assertRefused(SAVED.resolve("module.pth"), "module/data.pkl, byte ",
                "Received a use of torch.nn.modules.linear.Linear, which is not run");
    }

    @Test void otherFilesAreNamed() throws IOException {
        assertRefused(SAVED.resolve("old.pth"), "a zip archive as torch.save writes them since 1.6",
                "open it in PyTorch and save it again.");
        assertRefused(zip(Map.of("a/b.txt", new byte[3]), false, "other.pth"), "with a data.pkl in it. Received another"
                + " zip archive.");
        var big = entries("state.pth");
        big.put("state/byteorder", "big".getBytes());
        assertRefused(zip(big, false, "big.pth"), "Received a file of a big-endian machine.");
    }

    @Test void instructionsThatMakeOtherThingsAreNamed() throws IOException {
        assertPickle("\u0080\2(lp0\n.", "byte 3: expected dicts, lists,", "Received the instruction 0x6c");
        assertPickle("\u0080\2}\u0081.", "byte 3: ", "the instruction NEWOBJ, which could make something else");
        assertPickle("(i__main__\nX\n.", "byte 1: ", "the instruction INST");
        assertPickle("cos\nsystem\n.", "byte 0: ", "a use of os.system");
        assertPickle("\u008c\2os\u008c\6system\u0093.", "byte 12: ", "a use of os.system");
        assertPickle("ccollections\nOrderedDict\nN\u0085R.", "expected pairs for a dict. Received a list of 1");
        assertPickle("X\1\0\0\0a)R.", "Received a called with a list of 0".replace(" a called", " a text called"));
        assertPickle("K\1K\2\u0086Q.", "expected a storage of tensors by its type, name, place and size");
        assertPickle("]}s.", "a value is missing");
        assertPickle("}]K\1s.", "expected keys that are texts or numbers. Received a list of 0");
        assertPickle("K\1K\1a.", "expected a list to add to. Received 1");
        assertPickle("(K\1u.", "a key of a dict has no value");
        assertPickle("h\7.", "nothing was remembered as number 7");
        assertPickle("e.", "a mark is missing");
        assertPickle("X\u00ff\0\0\0a.", "byte 0: it is cut short");
        assertPickle("\u008a\t123456789.", "expected numbers of at most 64 bits. Received one of 72");
    }

    @Test void whatHoldsItselfOrDoublesAgainAndAgainHasAnEnd() throws IOException {
        assertPickle("]q\0h\0a.", "64 within each other at most");
        var doubling = new StringBuilder("]");
        for (int i = 0; i < 60; i++) doubling.append("q").append((char) i).append("0](h").append((char) i).append("h")
                .append((char) i).append("e");
        assertPickle(doubling.append(".").toString(), "of values that are there. Received more at 0.0.");
    }

    @Test void tensorsMustLieInTheirStorages() throws IOException {
        assertTensor("0", "(K\2K\3t(K\3K\1t", null);
        assertTensor("1", "(K\2K\3t(K\3K\1t", "expected shape (2, 3) with strides (3, 1) from number 1 to lie in its"
                + " storage, each number in a place of its own. Received a storage of 6.");
        assertTensor("0", "(K\2K\3t(K\4K\1t", "expected shape (2, 3)");
        assertTensor("0", "(J\0\0\0\177J\0\0\0\177t(K\0K\0t", "each number in a place of its own");
        assertTensor("0", "(J\377\377\377\377t(K\1t", "expected natural numbers as a shape. Received -1");
        assertTensor("0", "(K\2t(K\1K\1t", "expected a tensor by its storage, offset, shape and strides");
        assertTensor("0", "(" + "K\1".repeat(65) + "t(" + "K\1".repeat(65) + "t", "at most 64 dimensions");
    }

    /** A tensor of 6 floats by its offset, shape and strides. */
    private void assertTensor(String offset, String sizes, String refusal) throws IOException {
        String pickle = "ctorch._utils\n_rebuild_tensor_v2\n((X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\0"
                + "0X\3\0\0\0cpuK\6tQK" + (char) Integer.parseInt(offset) + sizes + "\u0089}tR.";
        Path file = pickle(pickle, new byte[24]);
        if (refusal != null) {
            assertRefused(file, refusal);
            return;
        }
        try (var _ = Scope.open()) {
            assertArrayEquals(new float[6], Weights.open(file).tensor("").toFloats());
        }
        Path shorter = pickle(pickle, new byte[20]);
        assertRefused(shorter, ": expected its 6 numbers of float32 in x/data/0. Received 20 bytes there.");
    }

    @Test void everyTruncationIsNoticed() throws IOException {
        byte[] whole = Files.readAllBytes(SAVED.resolve("call.pth"));
        for (int length = 0; length < whole.length; length++) {
            Path cut = Files.write(folder.resolve("cut.pth"), Arrays.copyOf(whole, length));
            assertRefused(cut, cut.toString());
        }
    }

    @Test void damagedArchivesAreNamed() throws IOException {
        byte[] whole = Files.readAllBytes(SAVED.resolve("state.pth"));
        byte[] bad = whole.clone();
        bad[100] ^= 1; // in the pickle
        assertRefused(Files.write(folder.resolve("bad.pth"), bad), "not a complete zip archive: state/data.pkl: its"
                + " checksum is wrong.");
    }

    private void assertPickle(String pickle, String... parts) throws IOException {
        assertRefused(pickle(pickle, new byte[24]), parts);
    }

    private Path pickle(String pickle, byte[] storage) throws IOException {
        return zip(Map.of("x/data.pkl", pickle.getBytes(StandardCharsets.ISO_8859_1), "x/data/0", storage), false,
                "x.pth");
    }

    private static void assertRefused(Path file, String... parts) {
        var message = assertThrows(IllegalArgumentException.class, () -> Weights.open(file)).getMessage();
        assertTrue(message.startsWith(file.toString()), message);
        for (String part : parts) assertTrue(message.contains(part), message + "\nlacks " + part);
    }

    private static Map<String, byte[]> entries(String name) throws IOException {
        var entries = new LinkedHashMap<String, byte[]>();
        try (var zip = new ZipFile(SAVED.resolve(name).toFile())) {
            for (var entry : zip.stream().toList()) {
                entries.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
            }
        }
        return entries;
    }

    private Path zip(Map<String, byte[]> entries, boolean compressed, String name) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            for (var e : entries.entrySet()) {
                var entry = new ZipEntry(e.getKey());
                entry.setMethod(compressed ? ZipEntry.DEFLATED : ZipEntry.STORED);
                var crc = new CRC32();
                crc.update(e.getValue());
                entry.setSize(e.getValue().length);
                entry.setCrc(crc.getValue());
                zip.putNextEntry(entry);
                zip.write(e.getValue());
            }
        }
        return Files.write(folder.resolve(name), bytes.toByteArray());
    }
}
