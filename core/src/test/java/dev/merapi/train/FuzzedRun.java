package dev.merapi.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A small run to be resumed from damaged files. */
public final class FuzzedRun {
    private static final String NEWEST = "checkpoints/step-000000008/";

    /** What a checkpoint holds. */
    public static final String[] CHECKPOINT = {NEWEST + "model.safetensors", NEWEST + "optimizer.safetensors",
            NEWEST + "trainer.json"};
    /** The files that a run reads when it is resumed. */
    public static final String[] FILES = {NEWEST + "trainer.json", NEWEST + "SHA256SUMS", "metrics.jsonl",
            "config.json", "log.csv"};

    private static final Logger WARNINGS = Logger.getLogger(FuzzedRun.class.getPackageName());

    private FuzzedRun() {}

    /** Two epochs. */
    public static void begin(Path folder) { fit(folder); }

    /** Goes on after them, where nothing is left to do. */
    public static void resume(Path folder) {
        WARNINGS.setLevel(Level.OFF); // one for each folder
        try {
            fit(folder);
        } finally {
            WARNINGS.setLevel(null);
        }
    }

    private static void fit(Path folder) {
        try (var model = Blobs.model()) {
            Blobs.trainer(model).epochs(2).checkpoints(folder, 2).ema(0.9).resume()
                    .listen(new CsvLog(folder.resolve("log.csv"))).fit(Blobs.train(64, 16));
        }
    }

    /** Writes the newest checkpoint's checksums as its files are now. */
    public static void sumAnew(Path folder) throws IOException { Checksums.write(folder.resolve(NEWEST)); }
}
