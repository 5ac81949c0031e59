package dev.merapi.train;

import com.fasterxml.jackson.databind.JsonNode;
import dev.merapi.train.RowFile.Row;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;

/**
 * One JSON object a line: {@code {"step":10,"epoch":1,"loss":…,"learning_rate":…}} after every tenth optimizer step,
 * and {@code {"epoch":1,"step":469,"train_loss":…,"loss":…,"accuracy":…,"seconds":…}} after each epoch. A resumed run
 * goes on in the same file without a gap or a repeated line. A number that is not finite stands as a string.
 */
public final class JsonLines implements Listener {
    private static final int EVERY = 10;

    private final RowFile rows;

    /** @param file written anew, or gone on with by a resumed run */
    public JsonLines(Path file) { rows = new RowFile(file); }

    @Override public void start(Start start) { rows.open(row -> kind(row, start)); }

    private static Row kind(String row, Start start) {
        JsonNode json;
        try {
            json = Json.LINES.readTree(row);
        } catch (IOException e) {
            return Row.DAMAGED;
        }
        boolean epoch = json.has("seconds");
        var number = json.path(epoch ? "epoch" : "step");
        if (!number.canConvertToLong()) return Row.DAMAGED;
        return number.asLong() <= (epoch ? start.epochsDone() : start.step()) ? Row.BEFORE : Row.AFTER;
    }

    @Override public void step(Step step) {
        if (step.step() % EVERY != 0) return;
        var row = new LinkedHashMap<String, Object>();
        row.put("step", step.step());
        row.put("epoch", step.epoch());
        row.put("loss", step.loss());
        row.put("learning_rate", step.learningRate());
        if (!Double.isNaN(step.gradientNorm())) row.put("gradient_norm", step.gradientNorm());
        rows.add(Json.line(row));
    }

    @Override public void epoch(Epoch epoch) {
        var row = new LinkedHashMap<String, Object>();
        row.put("epoch", epoch.epoch());
        row.put("step", epoch.step());
        row.putAll(epoch.values());
        row.put("learning_rate", epoch.learningRate());
        row.put("seconds", epoch.seconds());
        row.put("steps_per_second", epoch.stepsPerSecond());
        row.put("waiting", epoch.waiting());
        rows.add(Json.line(row));
    }

    @Override public void end() { rows.close(); }
}
