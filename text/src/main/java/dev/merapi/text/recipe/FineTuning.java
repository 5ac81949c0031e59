package dev.merapi.text.recipe;

import dev.merapi.optim.AdamW;
import dev.merapi.optim.ParamGroup;
import dev.merapi.optim.Schedule;
import dev.merapi.text.tokenizer.Tokenizer;
import dev.merapi.train.Task;
import dev.merapi.train.Trainer;

/**
 * How models of BERT's family are fine-tuned, after Devlin et al. 2019: AdamW, whose rate rises over a tenth of all
 * steps and then falls in a line to 0.
 */
final class FineTuning {
    static final int TEST_BATCH = 32;
    private static final double WARMUP = 0.1; // of all steps
    private static final double CLIP = 1; // norm of the gradients

    private FineTuning() {}

    /** A tokenizer that cuts texts at the setting {@code max_length}, and tells so in the folder of the run. */
    static Tokenizer cutting(Tokenizer tokenizer, int maxLength) {
        return tokenizer.modelMaxLength(Math.min(maxLength, tokenizer.modelMaxLength()));
    }

    static <B> Trainer<B> trainer(Task<B> task, int epochs, double learningRate, double weightDecay,
            long seed) {
        return Trainer.of(task).optimizer(m -> new AdamW(ParamGroup.decayMatrices(m), learningRate,
                        AdamW.DEFAULT.weightDecay(weightDecay)))
                .scheduleOver(steps -> Schedule.linear(1, 0, steps - (long) (WARMUP * steps))
                        .afterWarmup((long) (WARMUP * steps)))
                .clipNorm(CLIP).epochs(epochs).seed(seed);
    }
}
