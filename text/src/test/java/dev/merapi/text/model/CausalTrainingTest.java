package dev.merapi.text.model;

import dev.merapi.data.Batch;
import dev.merapi.optim.AdamW;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.Generation;
import dev.merapi.text.generate.Generator;
import dev.merapi.text.model.causal.CausalLanguageModelling;
import dev.merapi.text.model.causal.CausalLm;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.gpt.Gpt2Config;
import dev.merapi.text.model.llama.Family;
import dev.merapi.text.model.llama.Llama;
import dev.merapi.text.model.llama.LlamaConfig;
import dev.merapi.text.tokenizer.CharTokenizer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class CausalTrainingTest {
    private static final String TEXT = "It is a truth universally acknowledged";
    private static final CharTokenizer CHARACTERS = CharTokenizer.train(List.of(TEXT).stream());

    @Test void aSmallGptLearnsASentence() {
        Torch.seed(1);
        learns(new Gpt2(Gpt2Config.of(CHARACTERS.vocabSize(), 64, 2, 2, 32, 0)));
    }

    @Test void aSmallLlamaLearnsASentence() {
        Torch.seed(1);
        learns(new Llama(LlamaConfig.of(Family.LLAMA, CHARACTERS.vocabSize(), 32, 64, 2, 4, 2).context(64).tied()));
    }

    private static void learns(CausalLm model) {
        long[] ids = CHARACTERS.encode(TEXT);
        int steps = ids.length - 1;
        try (model; var optimizer = new AdamW(model, 1e-2); var _ = Scope.open()) {
            var task = new CausalLanguageModelling(model);
            var batch = new Batch(Tensor.of(Arrays.copyOf(ids, steps), 1, steps),
                    Tensor.of(Arrays.copyOfRange(ids, 1, ids.length), 1, steps));
            double loss = 0;
            for (int i = 0; i < 80; i++) {
                try (var _ = Scope.open()) {
                    var pass = task.forward(batch);
                    assertEquals(steps, pass.weight());
                    loss = pass.loss().item();
                    if (i == 0) assertEquals(Math.log(CHARACTERS.vocabSize()), loss, 0.3);
                    optimizer.zeroGrad();
                    pass.loss().backward();
                    optimizer.step();
                }
            }
            assertTrue(loss < 0.05, "loss " + loss);
            String rest = new Generator(model, CHARACTERS).generate("It is a", Generation.DEFAULT
                    .maxTokens(steps - 6));
            assertEquals(TEXT, "It is a" + rest);
        }
    }

    /** A target of -100 does not count. */
    @Test void thereMayBeNothingToLearn() {
        Torch.seed(1);
        try (var model = new Gpt2(Gpt2Config.of(7, 8, 1, 1, 4, 0)); var _ = Scope.open()) {
            var task = new CausalLanguageModelling(model);
            var x = Tensor.of(new long[] {1, 2, 3, 4}, 2, 2);
            var some = task.forward(new Batch(x, Tensor.of(new long[] {2, -100, 4, -100}, 2, 2)));
            assertEquals(2, some.weight());
            var logits = model.forward(x.narrow(1, 0, 1)).squeeze(1).logSoftmax(-1);
            assertEquals(-(logits.select(0, 0).select(0, 2).item() + logits.select(0, 1).select(0, 4).item()) / 2,
                    some.loss().item(), 1e-6);
        }
    }

    /** Their numbers of parameters, as their authors and transformers have them. */
    @Test @Tag("proof") void knownSizes() {
        count(124_439_808, new Gpt2(Gpt2Config.SMALL));
        count(354_823_168, new Gpt2(Gpt2Config.MEDIUM));
        count(134_515_008, new Llama(LlamaConfig.SMOLLM2_135M));
        count(494_032_768, new Llama(LlamaConfig.QWEN2_5_HALF_B));
        count(596_049_920, new Llama(LlamaConfig.QWEN3_0_6B));
    }

    private static void count(long expected, CausalLm model) {
        try (model) {
            assertEquals(expected, model.parameterCount());
        }
    }
}
