package dev.merapi.protect.federated;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.merapi.io.AtomicFiles;
import dev.merapi.io.ModelFolder;
import dev.merapi.io.Safetensors;
import dev.merapi.nn.Layer;
import dev.merapi.plot.LinePlot;
import dev.merapi.recipe.Command;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Setup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** What a federation leaves: a run, as the recipe's own, with a line and pictures for its rounds. */
final class FederatedFolder {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path folder;
    private final Setup<?> setup;
    private final List<RoundReport> rounds = new ArrayList<>();

    FederatedFolder(Path folder, Setup<?> setup) {
        this.folder = folder;
        this.setup = setup;
    }

    Path path() { return folder; }

    /** Writes what {@code merapi eval} and {@code predict} open the run by; takes in the rounds that were done. */
    void begin(Job<?> job) {
        ModelFolder.writeConfig(setup.toMap(), folder.resolve("config.json"));
        job.save(folder);
        if (!ServerState.isIn(folder)) return;
        String fingerprint = Layout.shared(job.trainer().task().model(), "").fingerprint();
        try {
            rounds.addAll(ServerState.read(folder, fingerprint).rounds);
        } catch (IllegalArgumentException e) {
            rounds.clear(); // a federation with personal weights, or another model, which the server then refuses
        }
    }

    /** After a round. */
    void tell(RoundReport round, Layer model, Command.Answers out) {
        rounds.add(round);
        Safetensors.save(model, folder.resolve("model.safetensors"), Map.of("format", "pt", "round", ""
                + round.round()));
        AtomicFiles.write(folder.resolve("rounds.jsonl"), rounds.stream().map(FederatedFolder::json)
                .collect(Collectors.joining("\n", "", "\n")));
        draw();
        out.answer("round " + round.round(), new Command.Answer(words(round), round));
    }

    private static String json(RoundReport round) {
        try {
            return JSON.writeValueAsString(round);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e); // texts and numbers alone
        }
    }

    private static String words(RoundReport round) {
        var words = new StringBuilder(round.reported() + " of " + round.chosen() + " clients");
        round.values().forEach((name, value) -> words.append(String.format(Locale.ROOT, "  %s %.4f", name, value)));
        if (!Double.isNaN(round.trainLoss())) words.append(String.format(Locale.ROOT, "  train_loss %.4f",
                round.trainLoss()));
        if (!Double.isNaN(round.epsilon())) words.append(String.format(Locale.ROOT, "  epsilon %.4g", round.epsilon()));
        words.append(String.format(Locale.ROOT, "  %,d bytes down, %,d up  %.1f s", round.bytesDown(), round.bytesUp(),
                round.seconds()));
        if (!round.dropped().isEmpty()) words.append("  without ").append(String.join("; ", round.dropped()));
        return words.toString();
    }

    private void draw() {
        var names = new TreeSet<String>();
        rounds.forEach(round -> names.addAll(round.values().keySet()));
        for (String name : names) draw(name, round -> round.values().getOrDefault(name, Double.NaN));
        draw("bytes_up", RoundReport::bytesUp);
    }

    private void draw(String name, ToDoubleFunction<RoundReport> value) {
        var measured = rounds.stream().filter(round -> !Double.isNaN(value.applyAsDouble(round))).toList();
        if (measured.isEmpty()) return;
        new LinePlot(name.replace('_', ' '), "round").line(name.replace('_', ' '),
                measured.stream().mapToDouble(RoundReport::round).toArray(),
                measured.stream().mapToDouble(value).toArray()).write(folder.resolve(name + ".png"));
    }
}
