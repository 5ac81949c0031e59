package dev.merapi;

import dev.merapi.io.ModelFolder;
import dev.merapi.io.Provenance;
import dev.merapi.io.Safetensors;
import dev.merapi.io.Tar;
import dev.merapi.io.Weights;
import dev.merapi.nn.Linear;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.FuzzedRun;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Damaged files of every kind that this module reads. */
class FuzzedReadersTest {
    private static final int PROOF = Integer.getInteger("fuzz.files", 100_000) / Target.values().length;

    @TempDir Path temp;

    /** The settings of some model. */
    record Config(int hiddenSize, double dropout, List<Long> layers) {}

    private enum Target {
        SAFETENSORS {
            @Override void check(Path temp, int count) throws Exception {
                write(temp.resolve("good/x.safetensors"), Map.of("a", Tensor.randn(3, 4), "b.weight",
                        Tensor.of(new long[] {1, 2, 3}), "c", Tensor.randn(2).to(DType.BFLOAT16), "d",
                        Tensor.of(new double[] {1.5}).reshape()));
                Fuzz.of(temp.resolve("good")).damage("x.safetensors").check(temp, 1, count,
                        folder -> readAll(Weights.open(folder.resolve("x.safetensors"))));
            }
        },
        SHARDS {
            @Override void check(Path temp, int count) throws Exception {
                try (var model = new Linear(300, 300)) {
                    ModelFolder.save(model, Map.of(), temp.resolve("good"), Provenance.of("{}", null, null), 1_000);
                }
                Fuzz.of(temp.resolve("good")).damage("model.safetensors.index.json").check(temp, 2, count,
                        folder -> readAll(Weights.open(folder)));
            }
        },
        TORCH {
            @Override void check(Path temp, int count) throws Exception {
                Path saved = Path.of("src/test/resources/goldens/checkpoints/state.pth");
                Fuzz.of(Map.of("x.pth", Files.readAllBytes(saved))).damage("x.pth").check(temp, 8, count,
                        folder -> readAll(Weights.open(folder.resolve("x.pth"))));
            }
        },
        CONFIG {
            @Override void check(Path temp, int count) throws Exception {
                ModelFolder.writeConfig(new Config(16, 0.5, List.of(1L, 2L)), temp.resolve("good/config.json"));
                Fuzz.of(temp.resolve("good")).damage("config.json").check(temp, 3, count, folder -> {
                    ModelFolder.config(folder);
                    ModelFolder.config(folder, new Config(1, 0, List.of()));
                    ModelFolder.config(folder, Config.class);
                });
            }
        },
        TAR {
            @Override void check(Path temp, int count) throws Exception {
                Fuzz.of(Map.of("a.tgz", FuzzEdits.zip(tar()))).damage("a.tgz").check(temp, 4, count, folder -> {
                    Tar.read(folder.resolve("a.tgz"), (_, _) -> { });
                    Tar.unpack(folder.resolve("a.tgz"), folder.resolve("out"));
                });
            }
        },
        RUN {
            @Override void check(Path temp, int count) throws Exception {
                FuzzedRun.begin(temp.resolve("good"));
                Fuzz.of(temp.resolve("good")).damage(FuzzedRun.FILES).check(temp, 6, count, FuzzedRun::resume);
            }
        },
        CHECKPOINT {
            @Override void check(Path temp, int count) throws Exception {
                FuzzedRun.begin(temp.resolve("good"));
                Fuzz.of(temp.resolve("good")).damage(FuzzedRun.CHECKPOINT).repair(FuzzedRun::sumAnew)
                        .check(temp, 7, count, FuzzedRun::resume);
            }
        };

        abstract void check(Path temp, int count) throws Exception;
    }

    @ParameterizedTest
    @EnumSource
    void damageIsRefusedByName(Target target) throws Exception { target.check(temp, 150); }

    @Tag("proof")
    @ParameterizedTest
    @EnumSource
    void damageIsRefusedByNameManyTimes(Target target) throws Exception { target.check(temp, PROOF); }

    private static void write(Path file, Map<String, Tensor> tensors) {
        try (var _ = Scope.open()) {
            Safetensors.write(file, tensors, Map.of("k", "v"));
        }
    }

    private static void readAll(Weights weights) {
        for (String name : weights.names()) {
            try (var _ = Scope.open(); var _ = Torch.noGrad()) {
                weights.tensor(name).to(DType.FLOAT32).sum().item();
            }
        }
    }

    private static byte[] tar() throws IOException {
        var tar = new ByteArrayOutputStream();
        for (String name : List.of("set/data_1.bin", "set/test.bin")) {
            tar.write(TarHeader.of(name, 700, '0'));
            tar.write(new byte[1024]);
        }
        tar.write(new byte[1024]);
        return tar.toByteArray();
    }
}
