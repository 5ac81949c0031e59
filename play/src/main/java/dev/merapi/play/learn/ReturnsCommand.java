package dev.merapi.play.learn;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.merapi.io.FileErrors;
import dev.merapi.recipe.Command;
import dev.merapi.recipe.Describe;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code merapi returns}: how several runs of other seeds learned, with the deviation between them. */
public final class ReturnsCommand implements Command<ReturnsCommand.Config> {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Settings. */
    public record Config(
            @Describe("the picture, PNG or SVG") String out,
            @Describe("above it") String title) {}

    @Override public String name() { return "returns"; }

    @Override public String description() {
        return "Draw the returns of runs that differ by their seed, with the deviation between them.";
    }

    @Override public String arguments() { return "<run>..."; }

    @Override public Config defaults() { return new Config("returns.png", "Return"); }

    @Override public void run(List<String> arguments, Config settings, Device device, Answers out) {
        Expect.that(!arguments.isEmpty(), "returns", "at least one run", "none");
        out.answer(settings.out, () -> draw(arguments.stream().map(Path::of).toList(), settings));
    }

    private static Answer draw(List<Path> runs, Config settings) {
        var curves = runs.stream().map(ReturnsCommand::curve).toList();
        int points = curves.stream().mapToInt(curve -> curve.size()).min().orElseThrow();
        var steps = new double[points];
        var mean = new double[points];
        var deviation = new double[points];
        for (int i = 0; i < points; i++) {
            int at = i;
            steps[i] = curves.getFirst().get(i)[0];
            double[] values = curves.stream().mapToDouble(curve -> curve.get(at)[1]).toArray();
            for (double value : values) mean[i] += value / values.length;
            for (double value : values) deviation[i] += (value - mean[at]) * (value - mean[at]) / values.length;
            deviation[i] = Math.sqrt(deviation[i]);
        }
        Path picture = Path.of(settings.out);
        ReturnPicture.of(settings.title, steps, mean, deviation).write(picture);
        return new Answer("%s: %d runs, the last %.2f ± %.2f".formatted(picture, runs.size(), mean[points - 1],
                deviation[points - 1]), Map.of("steps", steps, "mean", mean, "deviation", deviation));
    }

    /** Steps of environments and returns. */
    private static List<double[]> curve(Path run) {
        var points = new ArrayList<double[]>();
        Path file = run.resolve("metrics.jsonl");
        try {
            for (String line : Files.readAllLines(file)) {
                JsonNode row = JSON.readTree(line);
                if (row.has("env_steps")) {
                    points.add(new double[] {row.get("env_steps").asDouble(), row.path("return").asDouble()});
                }
            }
        } catch (JsonProcessingException e) {
            throw Expect.error(file.toString(), "a JSON object in each line", e.getOriginalMessage());
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
        Expect.that(!points.isEmpty(), file.toString(), "an agent's run that was measured", "one without returns");
        return points;
    }
}
