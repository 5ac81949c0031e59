package dev.merapi.compress.command;

import dev.merapi.compress.Replaced;
import dev.merapi.compress.Workpiece;
import dev.merapi.compress.quantize.Quantization;
import dev.merapi.compress.quantize.Rounding;
import dev.merapi.nn.NamePattern;
import dev.merapi.recipe.Command;
import dev.merapi.recipe.Describe;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import java.util.List;
import java.util.function.Predicate;

/** {@code merapi quantize}: a model of fewer bits. */
public final class QuantizeCommand implements Command<QuantizeCommand.Config> {
    /** How numbers become fewer bits. */
    public enum Method {
        /** {@link Quantization#dynamic}. */
        DYNAMIC,
        /** {@link Quantization#int4}. */
        INT4
    }

    /** Settings. */
    public record Config(
            @Describe("dynamic: 8 bits, inputs too; int4: weights alone, for decoders") Method method,
            @Describe("of int4: nearest, gptq or awq") Rounding rounding,
            @Describe("of int4: how many weights share a step; 32, 64, 128 or 256") int group,
            @Describe("of gptq and awq: how many batches are looked at") int batches,
            @Describe("which layers, by name: * stands for anything") List<String> names,
            @Describe("layers among them to leave as they are") List<String> except,
            @Describe("for a model that is no run's: a file of texts by line, or of paths of pictures") String inputs,
            @Describe("the new folder; empty for one beside the old") String out) {
        public Config {
            Expect.atLeast("batches", 1, batches);
            Expect.atLeast("group", 32, group);
        }
    }

    @Override public String name() { return "quantize"; }

    @Override public String description() { return "Make a model of fewer bits of a trained one."; }

    @Override public String arguments() { return "<run>"; }

    @Override public Config defaults() {
        return new Config(Method.DYNAMIC, Rounding.GPTQ, 64, 16, List.of("*"), List.of(), "", "");
    }

    @Override public void run(List<String> arguments, Config settings, Device device, Answers out) {
        Expect.that(device.equals(Device.CPU), "quantize", "the CPU, whose kernels these are", device);
        var job = new Compressing(name(), arguments, settings.inputs, settings.out, "quantized");
        try (var before = job.open(); var after = job.open()) {
            var done = quantize(after, settings);
            after.save(job.into());
            job.answer(before, after, "Quantized", done.toString(), settings.method, out);
        }
    }

    private static Replaced quantize(Workpiece piece, Config settings) {
        Predicate<String> left = NamePattern.of(settings.except.toArray(String[]::new));
        Predicate<String> names = NamePattern.of(settings.names.toArray(String[]::new)).and(left.negate());
        return switch (settings.method) {
            case DYNAMIC -> Quantization.dynamic(piece.model(), names);
            case INT4 -> Quantization.int4(piece.model(), names, settings.group, settings.rounding,
                    () -> piece.batches(settings.batches, pass -> {
                        try (var _ = Scope.open()) {
                            pass.get();
                        }
                    }));
        };
    }
}
