package dev.merapi.cli;

import dev.merapi.nn.Layer;
import dev.merapi.nn.Summary;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code merapi summary}. */
@Command(name = "summary", description = "Show a model's layers, shapes, parameters and multiply-adds.")
final class SummaryCommand implements Runnable {
    @Parameters(index = "0", paramLabel = "<recipe|file|run>", description = "Whose model.")
    private String target;

    @Parameters(index = "1..*", paramLabel = "key=value", description = "Settings over the recipe's.")
    private List<String> settings = List.of();

    @Spec private CommandSpec spec;

    @Override public void run() {
        try (var job = Setup.of(target, settings).job()) {
            spec.commandLine().getOut().println(summary(job.trainer().task().model(), job.inputShape()));
        }
    }

    private static Summary summary(Layer model, long[] inputShape) {
        if (!(model instanceof Unary net)) {
            throw new IllegalStateException(model.getClass().getSimpleName() + " takes more than one tensor.");
        }
        var batchOfOne = LongStream.concat(LongStream.of(1), LongStream.of(inputShape)).toArray();
        return Summary.of(model, () -> net.forward(Tensor.zeros(batchOfOne)));
    }
}
