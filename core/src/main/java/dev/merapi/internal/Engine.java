package dev.merapi.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.pytorch.global.torch;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

/**
 * Brings libtorch up once, before the first tensor, so that a user sets no flag and no variable.
 *
 * <p>Three things must happen before the first native class loads: JavaCPP's garbage-collector registration and memory
 * caps are switched off ({@code Scope} does that work), one BLAS is chosen whose threads do not fight libtorch's, and
 * every library is unpacked, because a half-filled cache would pick up a libtorch installed on the system.
 */
public final class Engine {
    private static final List<String> LIBRARIES = List.of("gomp", "c10", "c10_cuda", "torch_cpu", "torch_cuda_linalg",
            "torch_cuda", "torch", "jnitorch");

    private static final String NATIVES = "/org/bytedeco/pytorch/";
    private static final List<String> PLATFORMS = List.of("linux-x86_64", "windows-x86_64", "macosx-arm64");
    private static final String CACHE = "org.bytedeco.javacpp.cachedir";

    private static final String BLAS = start();
    private static final boolean HAS_ONEDNN = torch.hasMKLDNN() && torch.globalContext().userEnabledMkldnn();

    private Engine() {}

    /** Loads the engine on the first call; the later ones cost nothing. */
    public static void ensureStarted() {}

    /** The BLAS in use: {@code "MKL"} or {@code "OpenBLAS"}. */
    public static String blas() { return BLAS; }

    /**
     * Whether oneDNN is there and in use. It is not where it computes wrong values, as
     * {@link Processor#hidesCaches} says; convolutions are then products by the BLAS, and take two to three times as
     * long.
     */
    public static boolean hasOneDnn() { return HAS_ONEDNN; }

    /** libtorch's version, such as {@code 2.10.0}. */
    public static String version() { return Version.libtorch().split("-")[0]; }

    /**
     * Operators called on this thread use no other thread from now on; calls of other threads are as before. Does
     * nothing where libtorch has no libgomp of its own (on Linux it has).
     */
    public static void useOneThread() {
        if (SetThreads.HANDLE == null) return;
        torch.get_num_threads(); // libtorch sets a thread's number on its first call: before ours
        try {
            SetThreads.HANDLE.invokeExact(1);
        } catch (Throwable e) {
            throw new IllegalStateException("Could not set this thread's number of OpenMP threads", e);
        }
    }

    /** OpenMP's number of threads is each thread's own; libtorch's function would change new threads' too. */
    private static final class SetThreads {
        static final MethodHandle HANDLE = find();

        @SuppressWarnings("restricted")
        private static MethodHandle find() {
            String file = NATIVES + Loader.getPlatform() + "/libgomp.so.1";
            try {
                var library = Loader.cacheResource(org.bytedeco.pytorch.presets.torch.class, file);
                if (library == null) return null;
                // By its path: MKL brings a libiomp5 with the same symbols.
                var symbol = SymbolLookup.libraryLookup(library.toPath(), Arena.global()).find("omp_set_num_threads");
                return Linker.nativeLinker().downcallHandle(symbol.orElseThrow(),
                        FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static String start() {
        setDefault("org.bytedeco.javacpp.nopointergc", "true");
        setDefault("org.bytedeco.javacpp.maxBytes", "0");
        setDefault("org.bytedeco.javacpp.maxPhysicalBytes", "0");
        Libc.keepFreedMemory();
        Libc.useHugePages();
        // An idle OpenMP thread spins before it sleeps, by default for milliseconds: where another program, or a
        // loader's worker, wants the core, everything waits for it. But a thread that sleeps takes so long to wake that
        // the others, done meanwhile, fall asleep too: half of this costs a small model 5 to 10 % on a quiet machine.
        // libgomp reads it once, when it is loaded.
        if (System.getenv("OMP_WAIT_POLICY") == null) Libc.setEnvironment("GOMP_SPINCOUNT", "20000");
        expectNatives();
        String blas = chooseBlas() ? "MKL" : "OpenBLAS";
        chooseCache(blas);
        loadAlone();
        if (Processor.HERE.hidesCaches()) {
            torch.globalContext().setUserEnabledMkldnn(false);
            torch.globalContext().setUserEnabledNNPACK(false); // does not start there, and says so at each call
        }
        return blas;
    }

    /**
     * The first process of all unpacks the libraries and links them to each other while others wait, for they would
     * find some of it. A mark in the cache says that this is done.
     */
    private static void loadAlone() {
        Path cache = Path.of(cacheFolder());
        Path mark = cache.resolve("merapi.unpacked");
        if (Files.exists(mark) || !Files.isWritable(cache)) {
            load();
            return;
        }
        try (var channel = FileChannel.open(cache.resolve("merapi.lock"), CREATE, WRITE); var _ = channel.lock()) {
            load();
            Files.writeString(mark, "");
        } catch (IOException e) {
            throw cannotUnpack("the libraries", e);
        }
    }

    private static void load() {
        unpack();
        loadInOrder();
        Loader.load(torch.class);
    }

    private static boolean chooseBlas() {
        String chosen = System.getProperty("org.bytedeco.openblas.load");
        if (chosen == null && hasMkl()) {
            System.setProperty("org.bytedeco.openblas.load", chosen = "mkl_rt");
        }
        if (chosen != null && chosen.startsWith("mkl")) return true;
        // OpenBLAS keeps its own pool spinning after each call; without these two, libtorch's pool starves (25 times
        // slower on mixed work). OpenBLAS and libgomp read them once, when they are loaded.
        Libc.setEnvironment("OPENBLAS_THREAD_TIMEOUT", "4");
        Libc.setEnvironment("OMP_WAIT_POLICY", "PASSIVE");
        return false;
    }

    /**
     * JavaCPP unpacks into a folder of the jar's name: each version of a program that is packed into one jar would
     * leave another 800 MB. So there is one folder for each build of libtorch, with no more folders in it.
     */
    private static void chooseCache(String blas) {
        String home = System.getProperty(CACHE, System.getProperty("user.home") + "/.javacpp/cache");
        Path folder = Path.of(home, "libtorch-" + Version.libtorch() + (hasCuda() ? "-cuda-" : "-") + blas);
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            if (System.getProperty(CACHE) != null) throw cannotUnpack("the libraries", e);
            return; // no home: JavaCPP's own choice, a temporary folder
        }
        System.setProperty(CACHE, folder.toString());
        System.setProperty(CACHE + ".nosubdir", "true");
    }

    private static void expectNatives() {
        if (hasLibrary("", "jnitorch") || hasLibrary("-gpu", "jnitorch")) return;
        String platform = Loader.getPlatform();
        throw new IllegalStateException("Merapi: expected libtorch for " + platform + " on the class path. Received"
                + " none. " + (PLATFORMS.contains(platform)
                        ? "Add dev.merapi:merapi-natives-" + platform + ":" + Version.read() + ", a pom."
                        : "There is one for " + String.join(", ", PLATFORMS) + "."));
    }

    private static boolean hasCuda() { return hasLibrary("-gpu", "torch_cuda"); }

    private static boolean hasLibrary(String build, String library) {
        return has("org/bytedeco/pytorch/" + Loader.getPlatform() + build + "/" + System.mapLibraryName(library));
    }

    /** By the loader: a class on the module path finds its own module's resources alone. */
    private static boolean has(String resource) { return Engine.class.getClassLoader().getResource(resource) != null; }

    private static boolean hasMkl() {
        String file = Loader.getPlatform().startsWith("windows") ? "mkl_rt.2.dll" : "libmkl_rt.so.2";
        return has("org/bytedeco/mkl/" + Loader.getPlatform() + "/" + file);
    }

    private static void unpack() {
        var presets = org.bytedeco.pytorch.presets.torch.class;
        for (String library : LIBRARIES) {
            String file = System.mapLibraryName(library) + (library.equals("gomp") ? ".1" : "");
            try {
                for (String build : List.of("", "-gpu")) {
                    String resource = NATIVES + Loader.getPlatform() + build + "/" + file;
                    if (presets.getResource(resource) != null) Loader.cacheResource(presets, resource);
                }
            } catch (IOException e) {
                throw cannotUnpack(file, e);
            }
        }
    }

    private static UncheckedIOException cannotUnpack(String what, IOException e) {
        return new UncheckedIOException("Could not unpack " + what + " into " + cacheFolder() + ". Free some disk space"
                + " there, or choose another folder with -Dorg.bytedeco.javacpp.cachedir=<folder>.", e);
    }

    /**
     * JavaCPP loads libtorch before libtorch_cpu, on which it depends: the system's linker would then take one that it
     * finds in LD_LIBRARY_PATH.
     */
    private static void loadInOrder() {
        Loader.load(openblas.class);
        var presets = org.bytedeco.pytorch.presets.torch.class;
        var properties = Loader.loadProperties(presets, Loader.loadProperties(), true);
        for (String library : List.of("gomp@.1", "c10", "torch_cpu")) {
            var found = Loader.findLibrary(presets, properties, library, false);
            Loader.loadLibrary(presets, found, library, Loader.getLoadedLibraries().values().toArray(String[]::new));
        }
    }

    private static String cacheFolder() {
        try {
            return Loader.getCacheDir().toString();
        } catch (IOException e) {
            return "JavaCPP's cache folder (" + e.getMessage() + ")";
        }
    }

    private static void setDefault(String property, String value) {
        if (System.getProperty(property) == null) System.setProperty(property, value);
    }
}
