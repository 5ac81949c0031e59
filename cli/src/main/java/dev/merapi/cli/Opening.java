package dev.merapi.cli;

import dev.merapi.recipe.Bits;
import dev.merapi.recipe.Describe;
import dev.merapi.recipe.Predictor;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Torch;
import dev.merapi.text.pipeline.Placement;
import dev.merapi.text.pipeline.TextGenerator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** How a model that writes is opened: settings beside those of how it chooses its words. */
record Opening(
        @Describe("divides a language model by its blocks: among so many processes of this machine, or among this one"
                + " and those of merapi stage at host:port,host:port; 1x2 for one stage of two processes, of half the"
                + " heads each; empty for one process") String stages,
        @Describe("a file with the word that those stages have too; empty for none") String stagesToken,
        @Describe("bits of weights: int8 or int4 rounds them as the model is opened, bfloat16 keeps those of language"
                + " models as most files have them") Bits quantize,
        @Describe("tokens that are guessed at a time, by the draft, or from what stands in the text already; 0 for"
                + " none") int guess,
        @Describe("the folder of a smaller model with the same tokens, which guesses; empty for none") String draft) {
    static final Opening DEFAULT = new Opening("", "", Bits.NONE, 0, "");

    private static final Duration LIMIT = Duration.ofMinutes(5); // for an answer of a stage

    Opening { Expect.atLeast("guess", draft.isEmpty() ? 0 : 1, guess); }

    /**
     * Opens a model, which is the last of {@code opened}; they are to be closed from the last to the first.
     *
     * @throws IllegalArgumentException also as {@link Predictor#open}, {@link Placement#open} and
     *     {@link TextGenerator#guessing}
     */
    void open(Path folder, Device device, List<Predictor<?, ?>> opened) {
        opened.add(stages.isEmpty() ? Predictor.open(folder, device, quantize)
                : new Placement(stages, stagesToken, quantize, LIMIT).open(folder, device));
        if (guess == 0) return;
        try (var _ = Torch.on(Torch.device(), quantize.type())) {
            if (!(opened.getLast() instanceof TextGenerator writer)) {
                throw Expect.error("guess", "the folder of a GPT-2, a Llama or one of its relatives", folder);
            }
            if (draft.isEmpty()) {
                opened.add(writer.guessing(guess));
                return;
            }
            var small = TextGenerator.open(Path.of(draft));
            opened.add(small);
            opened.add(writer.guessing(small, guess));
        }
    }
}
