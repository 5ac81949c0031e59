package dev.merapi.cli;

import dev.merapi.recipe.Describe;
import dev.merapi.recipe.Predictor;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Torch;
import dev.merapi.text.pipeline.Placement;
import java.nio.file.Path;
import java.time.Duration;

/** How a model that writes is opened: settings beside those of how it chooses its words. */
record Opening(
        @Describe("divides a language model by its blocks: among so many processes of this machine, or among this one"
                + " and those of merapi stage at host:port,host:port; empty for one process") String stages,
        @Describe("a file with the word that those stages have too; empty for none") String stagesToken,
        @Describe("keeps weights in bfloat16, as most files have them") boolean bfloat16) {
    static final Opening DEFAULT = new Opening("", "", false);

    private static final Duration LIMIT = Duration.ofMinutes(5); // for an answer of a stage

    /** Throws as {@link Predictor#open} and {@link Placement#open}. */
    Predictor<?, ?> open(Path folder, Device device) {
        var type = bfloat16 ? DType.BFLOAT16 : Torch.dtype();
        if (!stages.isEmpty()) return new Placement(stages, stagesToken, type, LIMIT).open(folder, device);
        try (var _ = Torch.on(Torch.device(), type)) {
            return Predictor.open(folder, device);
        }
    }
}
