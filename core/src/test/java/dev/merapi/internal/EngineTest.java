package dev.merapi.internal;

import dev.merapi.ChildJvm;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** How libtorch comes up in a fresh JVM. */
class EngineTest {
    private static final String SUM = "sum 2097152.0"; // of ones(64, 64) squared: 64 · 64 · 64 · 8

    /** Prints which BLAS works, and the sum of a product that it computed. */
    static final class Program {
        public static void main(String[] args) {
            var x = Tensor.ones(64, 64);
            IO.println("sum " + x.matmul(x).mul(8).sum().item());
            IO.println("blas " + Torch.blas());
        }
    }

    @Test void needsNoFlagAndNoVariable() throws Exception {
        var result = new ChildJvm().run(Program.class);
        assertWorks(result);
        var lines = result.output().lines().filter(l -> !l.isBlank() && !l.startsWith("WARNING: ")).toList();
        assertEquals(List.of(SUM, "blas " + Engine.blas()), lines);
        assertFalse(result.output().contains("Unsafe"), "the one warning is about native access: " + result.output());
    }

    @Test void worksWithoutMkl() throws Exception {
        var result = new ChildJvm().with("--enable-native-access=ALL-UNNAMED").withoutJars("mkl").run(Program.class);
        assertWorks(result);
        assertTrue(result.output().contains("blas OpenBLAS"), result.output());
    }

    @Test void saysWhichArtifactIsMissing() throws Exception {
        var result = new ChildJvm().withoutJars(Loader.getPlatform()).run(Program.class);
        assertEquals(1, result.exitCode());
        assertTrue(result.output().contains("expected libtorch for " + Loader.getPlatform() + " on the class path."
                + " Received none. Add dev.merapi:merapi-natives-" + Loader.getPlatform()), result.output());
    }

    /** A program packed into one jar, whatever its name, finds what another has unpacked. */
    @Test void librariesAreUnpackedIntoAFolderOfTheirVersion() throws IOException {
        Engine.ensureStarted();
        var cache = Loader.getCacheDir().toPath();
        String name = cache.getFileName().toString();
        assertTrue(name.startsWith("libtorch-" + Version.libtorch() + "-") && name.endsWith(Engine.blas()), name);
        assertTrue(Engine.version().matches("\\d+\\.\\d+\\.\\d+"), Engine.version());
        assertTrue(Loader.load(torch.class).startsWith(cache.toRealPath().toString()), "loaded from there");
    }

    @Test void ignoresALibtorchOfTheSystem(@TempDir Path folder) throws Exception {
        assertWorks(hostile(folder, new ChildJvm()).run(Program.class));
    }

    /** The natives are unpacked anew, some 800 MB of them. */
    @Test @Tag("proof") void ignoresALibtorchOfTheSystemOnTheFirstStart(@TempDir Path folder) throws Exception {
        assertWorks(hostile(folder, new ChildJvm().with(cache(folder))).run(Program.class));
    }

    @Test @Tag("proof") void twoProcessesMayStartFirstAtOnce(@TempDir Path folder) throws Exception {
        var jvm = new ChildJvm().with(cache(folder));
        var one = jvm.start(Program.class);
        var two = jvm.start(Program.class);
        for (var process : List.of(one, two)) {
            var output = new String(process.getInputStream().readAllBytes());
            assertTrue(process.waitFor(5, TimeUnit.MINUTES));
            assertWorks(new ChildJvm.Result(process.exitValue(), output));
        }
    }

    private static void assertWorks(ChildJvm.Result result) {
        assertEquals(0, result.exitCode(), result.output());
        assertTrue(result.output().contains(SUM), result.output());
    }

    private static String cache(Path folder) { return "-Dorg.bytedeco.javacpp.cachedir=" + folder.resolve("cache"); }

    /** A JVM that finds empty libraries of libtorch's names first wherever it searches. */
    private static ChildJvm hostile(Path folder, ChildJvm jvm) throws IOException, InterruptedException {
        assumeTrue(System.getProperty("os.name").equals("Linux") && Files.isExecutable(Path.of("/usr/bin/gcc")),
                "needs gcc on Linux to make the fake libraries");
        for (var name : List.of("libtorch.so", "libtorch_cpu.so", "libc10.so")) {
            var gcc = new ProcessBuilder("gcc", "-shared", "-x", "c", "/dev/null", "-Wl,-soname," + name, "-o",
                    folder.resolve(name).toString()).inheritIO().start();
            assertEquals(0, gcc.waitFor());
        }
        return jvm.with("-Djava.library.path=" + folder).withVariable("LD_LIBRARY_PATH", folder.toString());
    }
}
