package dev.merapi.compress.command;

import dev.merapi.compress.Replaced;
import dev.merapi.compress.Tuning;
import dev.merapi.compress.Workpiece;
import dev.merapi.compress.quantize.Observing;
import dev.merapi.compress.quantize.Quantization;
import dev.merapi.compress.quantize.Rounding;
import dev.merapi.compress.quantize.StaticQuantization;
import dev.merapi.nn.NamePattern;
import dev.merapi.recipe.Command;
import dev.merapi.recipe.Describe;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.train.Progress;
import dev.merapi.train.Strategy;
import java.util.List;
import java.util.function.Predicate;

/** {@code merapi quantize}: a model of fewer bits. */
public final class QuantizeCommand implements Command<QuantizeCommand.Config> {
    /** How numbers become fewer bits. */
    public enum Method {
        /** {@link Quantization#dynamic}. */
        DYNAMIC,
        /** {@link StaticQuantization#of}. */
        STATIC,
        /** {@link StaticQuantization#prepare}, training, and {@link StaticQuantization#convert}. */
        AWARE,
        /** {@link Quantization#byRow}. */
        BY_ROW,
        /** {@link Quantization#int8}. */
        INT8,
        /** {@link Quantization#int4}. */
        INT4,
        /** {@link Quantization#nf4}. */
        NF4
    }

    /** Settings. */
    public record Config(
            @Describe("dynamic: 8 bits, inputs too; by_row: the same, each input by itself; static: convolutions too,"
                    + " by steps from examples; aware: the same, trained on; int8, int4: weights alone, for decoders;"
                    + " nf4: for adapters") Method method,
            @Describe("of int4: nearest, gptq or awq") Rounding rounding,
            @Describe("of int8 and int4: how many weights share a step; for int4 32, 64, 128 or 256") int group,
            @Describe("of static and aware, how ranges are found: min_max, moving_average, percentile or entropy")
            Observing observing,
            @Describe("of static, aware, gptq and awq: how many batches are looked at") int batches,
            @Describe("of aware: passes over the training data") int epochs,
            @Describe("of aware: highest learning rate; 0 for a third of the run's") double learningRate,
            @Describe("which layers, by name: * stands for anything") List<String> names,
            @Describe("layers among them to leave as they are") List<String> except,
            @Describe("for a model that is no run's: a file of texts by line, or of paths of pictures or"
                    + " recordings") String inputs,
            @Describe("the new folder; empty for one beside the old") String out) {
        public Config {
            Expect.atLeast("batches", 1, batches);
            Expect.atLeast("group", 32, group);
            Expect.atLeast("epochs", 1, epochs);
        }
    }

    @Override public String name() { return "quantize"; }

    @Override public String description() { return "Make a model of fewer bits of a trained one."; }

    @Override public String arguments() { return "<run>"; }

    @Override public Config defaults() {
        return new Config(Method.DYNAMIC, Rounding.GPTQ, 64, Observing.PERCENTILE, 16, 2, 0, List.of("*"), List.of(),
                "", "");
    }

    @Override public void run(List<String> arguments, Config settings, Device device, Answers out) {
        Expect.that(device.equals(Device.CPU), "quantize", "the CPU, whose kernels these are", device);
        var job = new Compressing(name(), arguments, settings.inputs, settings.out, "quantized");
        boolean learns = settings.method == Method.AWARE;
        var training = learns ? job.training(settings.epochs, settings.learningRate) : new String[0];
        try (var before = job.open(); var after = job.open(training)) {
            var done = quantize(after, settings);
            if (learns) {
                after.train(job.into(), settings.epochs, new Tuning(Strategy.SINGLE, List.of(new Progress())));
                StaticQuantization.convert(after.model());
                after.saveWeights(job.into());
            } else {
                after.save(job.into());
            }
            job.answer(before, after, "Quantized", done.toString(), settings.method, out);
        }
    }

    private static Replaced quantize(Workpiece piece, Config settings) {
        Predicate<String> left = NamePattern.of(settings.except.toArray(String[]::new));
        Predicate<String> names = NamePattern.of(settings.names.toArray(String[]::new)).and(left.negate());
        var model = piece.model();
        Runnable run = () -> read(piece, settings.batches);
        return switch (settings.method) {
            case DYNAMIC -> Quantization.dynamic(model, names);
            case STATIC -> StaticQuantization.of(model, names, settings.observing, run);
            case AWARE -> StaticQuantization.prepare(model, names, settings.observing, run);
            case BY_ROW -> Quantization.byRow(model, names);
            case INT8 -> Quantization.int8(model, names, settings.group);
            case INT4 -> Quantization.int4(model, names, settings.group, settings.rounding, run);
            case NF4 -> Quantization.nf4(model, names);
        };
    }

    private static void read(Workpiece piece, int batches) {
        piece.batches(batches, pass -> {
            try (var _ = Scope.open()) {
                pass.get();
            }
        });
    }
}
