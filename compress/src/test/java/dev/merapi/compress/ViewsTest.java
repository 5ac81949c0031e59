package dev.merapi.compress;

import dev.merapi.compress.adapter.Adapters;
import dev.merapi.compress.adapter.LoraConfig;
import dev.merapi.compress.lowrank.LowRank;
import dev.merapi.compress.quantize.Quantization;
import dev.merapi.compress.quantize.Rounding;
import dev.merapi.nn.Layer;
import dev.merapi.nn.NamePattern;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.gpt.Gpt2Config;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** GPT-2 keeps its matrices turned, and shows views of them: none is left when its layers are changed. */
class ViewsTest {
    private static final Predicate<String> INNER = NamePattern.of("transformer.h.*");

    @TempDir private Path folder;

    private static Gpt2 gpt() {
        Torch.seed(1);
        return new Gpt2(Gpt2Config.of(64, 32, 1, 2, 32, 0));
    }

    @Test void changedLayersLeaveNothing() {
        try (var gpt = gpt()) {
            Adapters.of(gpt).add("a", LoraConfig.of(2)).save("a", folder);
        }
        var changes = new LinkedHashMap<String, Consumer<Gpt2>>();
        changes.put("a new adapter", gpt -> Adapters.of(gpt).add("a", LoraConfig.of(2)).detach());
        changes.put("a saved adapter", gpt -> Adapters.of(gpt).load("a", folder).detach());
        changes.put("dynamic", gpt -> Quantization.dynamic(gpt, INNER));
        changes.put("int8", gpt -> Quantization.int8(gpt, INNER, 32));
        changes.put("int4", gpt -> Quantization.int4(gpt, INNER, 32));
        changes.put("gptq", gpt -> Quantization.int4(gpt, INNER, 32, Rounding.GPTQ, () -> {
            try (var _ = Scope.open()) {
                gpt.forward(Tensor.of(new long[] {1, 2, 3, 4}, 1, 4));
            }
        }));
        changes.put("nf4", gpt -> Quantization.nf4(gpt, INNER));
        changes.put("low rank", gpt -> LowRank.factorize(gpt, Map.of(first(gpt), 4)));
        changes.forEach((name, change) -> {
            long before = Scope.live();
            try (var gpt = gpt()) {
                change.accept(gpt);
            }
            assertTrue(Scope.live() <= before, name); // garbage of other tests may have gone
        });
    }

    private static String first(Layer gpt) {
        return gpt.layers().keySet().stream().filter(name -> name.endsWith("c_fc")).findFirst().orElseThrow();
    }
}
