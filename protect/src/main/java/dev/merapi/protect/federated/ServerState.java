package dev.merapi.protect.federated;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.merapi.io.Safetensors;
import dev.merapi.io.SafetensorsFile;
import dev.merapi.protect.privacy.Ledger;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a server knows after a round, and all that it needs to go on with the next: one file. */
final class ServerState {
    static final String WEIGHTS = "weights";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Rows of numbers by name: {@link #WEIGHTS}, and what the strategy remembers. */
    final Map<String, float[]> vectors = new LinkedHashMap<>();
    final List<RoundReport> rounds = new ArrayList<>();
    final Ledger ledger = new Ledger();

    private static Path file(Path folder) { return folder.resolve("federation.safetensors"); }

    static boolean isIn(Path folder) { return Files.exists(file(folder)); }

    /** A row that is 0 at first. */
    float[] remembered(String name) {
        return vectors.computeIfAbsent(name, _ -> new float[vectors.get(WEIGHTS).length]);
    }

    void write(Path folder, String fingerprint) {
        try (var _ = Scope.open()) {
            var tensors = new LinkedHashMap<String, Tensor>();
            vectors.forEach((name, row) -> tensors.put(name, Tensor.of(row, row.length)));
            Safetensors.write(file(folder), tensors, Map.of("model", fingerprint, "rounds",
                    JSON.writeValueAsString(rounds), "ledger", JSON.writeValueAsString(ledger.phases())));
        } catch (JsonProcessingException e) {
            throw new AssertionError(e); // texts and numbers alone
        }
    }

    /** @throws IllegalArgumentException if the folder holds the state of another model, or a damaged one */
    static ServerState read(Path folder, String fingerprint) {
        var file = SafetensorsFile.open(file(folder));
        var metadata = new HashMap<>(file.metadata());
        if (!fingerprint.equals(metadata.get("model"))) {
            throw new IllegalArgumentException(file(folder) + ": expected a federation of the model " + fingerprint
                    + ". Received one of " + metadata.get("model") + "; choose another folder, or the settings that it"
                    + " began with.");
        }
        var state = new ServerState();
        try (var _ = Scope.open()) {
            for (String name : file.names()) state.vectors.put(name, file.tensor(name).toFloats());
            state.rounds.addAll(JSON.readValue(metadata.getOrDefault("rounds", "[]"),
                    new TypeReference<List<RoundReport>>() {}));
            for (var phase : JSON.readValue(metadata.getOrDefault("ledger", "[]"),
                    new TypeReference<List<Ledger.Phase>>() {})) {
                state.ledger.add(phase.noise(), phase.rate(), phase.steps());
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file(folder) + ": expected what a federation server writes. Received "
                    + e.getOriginalMessage() + "; delete the file to begin anew.", e);
        }
        if (!state.vectors.containsKey(WEIGHTS)) {
            throw new IllegalArgumentException(file(folder) + ": expected " + WEIGHTS + ". Received "
                    + state.vectors.keySet());
        }
        return state;
    }
}
