package dev.merapi.protect.privacy;

import dev.merapi.io.ModelCard;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Says in the card of a run what its model has spent. */
final class PrivacyCard {
    private PrivacyCard() {}

    /** Into the folder of a run; a checkpoint has none. */
    static void write(Private privacy, Path folder) {
        if (Files.exists(folder.resolve("config.json"))) ModelCard.keep(folder, "Privacy", text(privacy));
    }

    private static String text(Private privacy) {
        var spent = privacy.spent();
        var options = privacy.options();
        return String.format(Locale.ROOT, """
                Trained with differential privacy (DP-SGD): the weights are (ε = %.4g, δ = %.3g)-differentially
                private for adding or taking away one sample of the training data.

                | | |
                |---|---|
                | accountant | %s |
                | noise multiplier | %.6g |
                | sampling rate | %.6g |
                | steps | %d |
                | clipping | %s |
                | noise | %s |

                The training loss in `metrics.jsonl` is computed from the samples themselves, and is not private.
                """, spent.epsilon(), spent.delta(), options.accountant(), spent.noise(), spent.rate(), spent.steps(),
                options.clipping(),
                options.secure() ? "from a cryptographic generator" : "from a seed, which is to be kept secret");
    }
}
