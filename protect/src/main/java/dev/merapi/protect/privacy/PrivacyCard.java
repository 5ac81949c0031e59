package dev.merapi.protect.privacy;

import dev.merapi.io.AtomicFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Says in the card of a run what its model has spent. */
final class PrivacyCard {
    private static final String MARK = "<!-- privacy: written by Merapi at each epoch -->";

    private PrivacyCard() {}

    /** Into the folder of a run; an author's own card, without our mark, stays as it is. */
    static void write(Private privacy, Path folder) {
        Path card = folder.resolve("README.md");
        try {
            if (!Files.exists(folder.resolve("config.json"))) return; // a checkpoint's
            if (Files.exists(card) && !Files.readString(card).contains(MARK)) return;
            AtomicFiles.write(card, text(privacy, folder));
        } catch (IOException e) {
            throw new UncheckedIOException("Could not read the card " + card, e);
        }
    }

    private static String text(Private privacy, Path folder) {
        var spent = privacy.spent();
        var options = privacy.options();
        return String.format(Locale.ROOT, """
                ---
                library_name: merapi
                ---
                # %s

                %s

                ## Privacy

                Trained with differential privacy (DP-SGD): the weights are (ε = %.4g,
                        δ = %.3g)-differentially private
                for adding or taking away one sample of the training data.

                | | |
                |---|---|
                | accountant | %s |
                | noise multiplier | %.6g |
                | sampling rate | %.6g |
                | steps | %d |
                | clipping | %s |
                | noise | %s |

                The training loss in `metrics.jsonl` is computed from the samples themselves, and is not private.
                """, folder.getFileName(), MARK, spent.epsilon(), spent.delta(), options.accountant(), spent.noise(),
                spent.rate(), spent.steps(), options.clipping(),
                options.secure() ? "from a cryptographic generator" : "from a seed, which is to be kept secret");
    }
}
