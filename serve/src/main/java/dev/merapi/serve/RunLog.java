package dev.merapi.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.merapi.io.FileErrors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/** What a run has measured, read while it goes on: {@code metrics.jsonl}, or {@code rounds.jsonl} of a federation. */
final class RunLog {
    private static final int MOST = 1 << 20; // bytes of an answer
    private static final int TAIL = 1 << 16; // bytes that hold the last epochs

    private RunLog() {}

    /**
     * Rows from a place on.
     *
     * @param anew whether they begin at the file's beginning: those that were sent before count no more
     * @param next where those that follow will be asked for
     * @param more whether there are some already
     */
    record Part(boolean anew, String next, boolean more, List<JsonNode> rows) {}

    static Path file(Path run) {
        Path rounds = run.resolve("rounds.jsonl");
        return Files.exists(rounds) ? rounds : run.resolve("metrics.jsonl");
    }

    /**
     * The rows after those that were had.
     *
     * @param from the last part's {@code next}; empty for the beginning. A resumed run moves another file into place,
     *     without the rows after its checkpoint, and so what follows begins anew.
     */
    static Part since(Path run, String from) {
        Path file = file(run);
        try (var channel = FileChannel.open(file)) {
            String identity = identity(file);
            long start = from.startsWith(identity + "-") ? place(from.substring(identity.length() + 1)) : 0;
            if (start > channel.size()) start = 0;
            String text = read(channel, start, MOST);
            int end = text.lastIndexOf('\n') + 1; // the last line may be half written
            return new Part(start == 0, identity + "-" + (start + end), end > 0 && start + end < channel.size(),
                    rows(text.substring(0, end)));
        } catch (NoSuchFileException e) {
            return new Part(true, "", false, List.of()); // has not begun
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
    }

    /** The rows at the end. */
    static List<JsonNode> tail(Path run) {
        Path file = file(run);
        try (var channel = FileChannel.open(file)) {
            long start = Math.max(0, channel.size() - TAIL);
            return rows(read(channel, start, TAIL)); // the first one may be half a line, which is none
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
    }

    private static String identity(Path file) throws IOException {
        var attributes = Files.readAttributes(file, BasicFileAttributes.class);
        Object key = attributes.fileKey() != null ? attributes.fileKey() : attributes.creationTime(); // null on Windows
        return Integer.toHexString(key.toString().hashCode());
    }

    private static long place(String typed) { return typed.matches("\\d{1,18}") ? Long.parseLong(typed) : 0; }

    /** Each byte is a character here, so that lengths are those of the file. */
    private static String read(FileChannel channel, long start, int most) throws IOException {
        var buffer = ByteBuffer.allocate((int) Math.min(most, channel.size() - start));
        while (buffer.hasRemaining() && channel.read(buffer, start + buffer.position()) >= 0) continue;
        return new String(buffer.array(), 0, buffer.position(), StandardCharsets.ISO_8859_1);
    }

    private static List<JsonNode> rows(String text) {
        var rows = new ArrayList<JsonNode>();
        text.lines().forEach(line -> {
            try {
                if (Inputs.JSON.readTree(line.getBytes(StandardCharsets.ISO_8859_1)) instanceof ObjectNode row) {
                    rows.add(row.has("round") ? ofRound(row) : row);
                }
            } catch (IOException e) {
                // a damaged line is passed over, as the trainer does
            }
        });
        return rows;
    }

    /** A round of a federation, in the form of an epoch. */
    private static ObjectNode ofRound(ObjectNode round) {
        var row = Inputs.JSON.createObjectNode();
        row.set("epoch", round.get("round"));
        row.set("step", round.get("round"));
        if (round.has("trainLoss")) row.set("train_loss", round.get("trainLoss"));
        if (round.path("values") instanceof ObjectNode values) row.setAll(values);
        if (round.has("bytesUp")) row.set("bytes_up", round.get("bytesUp"));
        row.set("seconds", round.path("seconds"));
        return row;
    }
}
