package dev.merapi.play.zero;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.merapi.io.AtomicFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The games of each round: in the folder of a run, a line of JSON for each, so that a run that was killed learns on
 * from the same; without a folder in memory.
 */
final class GameFiles {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SPARE = 3; // rounds more than are learnt from, as a run may go on from an older checkpoint

    private final Map<Integer, List<PlayedGame>> rounds = new HashMap<>();
    private final int window;
    private Path folder; // null: none yet

    GameFiles(int window) { this.window = window; }

    void folder(Path run) { folder = run.resolve("games"); }

    private Path file(int round) { return folder.resolve("%05d.jsonl".formatted(round)); }

    void save(int round, List<PlayedGame> games) {
        rounds.put(round, games);
        rounds.keySet().removeIf(old -> old <= round - window);
        if (folder == null) return;
        var lines = new StringBuilder();
        try {
            for (var game : games) lines.append(JSON.writeValueAsString(game)).append('\n');
            AtomicFiles.write(file(round), lines.toString());
            if (round >= window + SPARE) Files.deleteIfExists(file(round - window - SPARE));
        } catch (JsonProcessingException e) {
            throw new AssertionError(e); // numbers alone
        } catch (IOException e) {
            throw new UncheckedIOException("Could not remove old games from " + folder, e);
        }
    }

    /**
     * The games of a round.
     *
     * @throws IllegalArgumentException naming the file, if they are not there or damaged
     */
    List<PlayedGame> of(int round) { return rounds.computeIfAbsent(round, this::read); }

    private List<PlayedGame> read(int round) {
        if (folder == null) throw new IllegalStateException("The games of round " + round + " are gone.");
        var games = new ArrayList<PlayedGame>();
        try {
            for (String line : Files.readAllLines(file(round))) games.add(JSON.readValue(line, PlayedGame.class));
            return games;
        } catch (IOException e) {
            throw new IllegalArgumentException(file(round) + ": expected the games of a round, a line of JSON each."
                    + " Received a file that is damaged or not there; begin the run anew.", e);
        }
    }
}
