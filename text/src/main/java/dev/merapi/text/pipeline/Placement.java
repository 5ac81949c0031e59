package dev.merapi.text.pipeline;

import dev.merapi.recipe.Bits;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.causal.Stages;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Where the blocks of a language model are that one process does not have as a whole, as the command line says it.
 *
 * <pre>{@code
 * import java.time.Duration;
 *
 * var placement = new Placement("2", "", Bits.INT8, Duration.ofMinutes(5));
 * try (var writer = placement.open(Path.of("qwen3"), Device.CPU)) {
 *     IO.println(writer.generate("The meaning of life is", Generation.DEFAULT));
 * }
 * }</pre>
 *
 * @param stages a number of processes of this machine, as {@link LocalStages} starts them; {@code 1x2} for one stage
 *     of two processes, which have half the heads each; or places of others for {@link Stages#at}, by commas
 * @param token a file with the word of those places; empty for none
 * @param bits of the weights, in each of the processes
 * @param limit how long a stage may take for an answer
 */
public record Placement(String stages, String token, Bits bits, Duration limit) {
    /**
     * Opens a model's folder so; what was started for it ends when the writer is closed.
     *
     * @param device of this process
     * @throws IllegalArgumentException for a folder or file that cannot be divided, and as {@link TextGenerator#open}
     * @throws IllegalStateException if a process could not be started
     */
    public TextGenerator open(Path folder, Device device) {
        Expect.that(ModelSource.reads(folder), "stages", "the folder of a GPT-2, a Llama or one of its relatives, or a"
                + " GGUF file; runs cannot be divided", folder);
        try (var _ = Torch.on(device)) {
            var places = stages.matches("\\d+(x\\d+)?") ? local(folder, device)
                    : Stages.at(List.of(stages.split(",")), StageCommand.token(token), limit);
            try {
                return TextGenerator.open(folder, places, bits);
            } catch (RuntimeException e) {
                places.close();
                throw e;
            }
        }
    }

    private Stages local(Path folder, Device device) {
        String[] numbers = stages.split("x");
        int parts = numbers.length == 1 ? 1 : Integer.parseInt(numbers[1]);
        return LocalStages.start(folder, Integer.parseInt(numbers[0]), parts, bits, device, limit);
    }
}
