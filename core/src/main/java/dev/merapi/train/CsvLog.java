package dev.merapi.train;

import dev.merapi.train.RowFile.Row;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A table for spreadsheets: one line for each epoch, with a header. A resumed run goes on in the same file. */
public final class CsvLog implements Listener {
    private final RowFile rows;

    /** @param file written anew, or gone on with by a resumed run */
    public CsvLog(Path file) { rows = new RowFile(file); }

    @Override public void start(Start start) { rows.open(row -> kind(row, start)); }

    private static Row kind(String row, Start start) {
        String first = row.split(",", 2)[0];
        if (first.equals("epoch")) return start.epochsDone() > 0 ? Row.BEFORE : Row.AFTER;
        if (!first.matches("\\d{1,9}")) return Row.DAMAGED;
        return Integer.parseInt(first) <= start.epochsDone() ? Row.BEFORE : Row.AFTER;
    }

    @Override public void epoch(Epoch epoch) {
        if (rows.isEmpty()) rows.add(line(Stream.concat(Stream.of("epoch", "step"), columns(epoch))));
        var first = Stream.of("" + epoch.epoch(), "" + epoch.step());
        var values = epoch.values().values().stream().map(String::valueOf);
        var last = Stream.of(epoch.learningRate(), epoch.seconds(), epoch.stepsPerSecond(), epoch.waiting());
        rows.add(line(Stream.of(first, values, last.map(String::valueOf)).flatMap(s -> s)));
    }

    private static Stream<String> columns(Epoch epoch) {
        return Stream.concat(epoch.values().keySet().stream(),
                Stream.of("learning_rate", "seconds", "steps_per_second", "waiting"));
    }

    private static String line(Stream<String> cells) { return cells.collect(Collectors.joining(",")); }

    @Override public void end() { rows.close(); }
}
