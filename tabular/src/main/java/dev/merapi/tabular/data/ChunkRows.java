package dev.merapi.tabular.data;

import java.sql.SQLException;
import java.util.List;
import org.duckdb.DuckDBChunkedResult;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBPreparedStatement;

/**
 * Rows as DuckDB has them, column by column in chunks of 2,048: several times as quick as value by value.
 *
 * <p>The driver says of a chunk that fails what it says of the end: that there is no other. So a row that marks the end
 * is asked for behind the last.
 */
final class ChunkRows implements Rows {
    private static final String END = "\"the last row is behind us\"";

    private final DuckDBConnection connection;
    private final String query;
    private final DuckDBPreparedStatement statement;
    private final List<GrowingColumn<?>> columns;
    private DuckDBChunkedResult result;
    private int count; // rows in the chunk
    private int taken; // of them
    private boolean ended; // this chunk is the last

    private ChunkRows(DuckDBConnection connection, String query) throws SQLException {
        this.connection = connection;
        this.query = query;
        statement = connection.prepare("select *, false as " + END + " from (" + query + "\n) union all by name select"
                + " true as " + END);
        var all = GrowingColumn.of(statement.getMetaData());
        columns = all.subList(0, all.size() - 1);
    }

    /** Null if a column's values do not come in chunks, or if the query fails, which is said better elsewhere. */
    static ChunkRows of(DuckDBConnection connection, String query) {
        ChunkRows rows = null;
        try {
            rows = new ChunkRows(connection, query);
            if (rows.columns.stream().allMatch(GrowingColumn::takesChunks)) {
                rows.result = rows.statement.query();
                if (rows.fetch()) return rows;
            }
            rows.close();
        } catch (SQLException | IllegalStateException e) {
            if (rows != null) rows.closeQuietly();
        }
        return null;
    }

    /** Goes to the next chunk that has rows, if there is one. False if it cannot be had. */
    private boolean fetch() throws SQLException {
        count = taken = 0;
        while (count == 0 && !ended) {
            if (!result.nextChunk()) return false;
            count = (int) result.chunk().rowCount();
            ended = count > 0 && result.chunk().vector(columns.size()).getBoolean(count - 1);
            if (ended) count--;
        }
        return true;
    }

    @Override public List<GrowingColumn<?>> columns() { return columns; }

    @Override public boolean hasNext() { return taken < count; }

    @Override public int read(int most) throws SQLException {
        int some = Math.min(most, count - taken);
        for (int i = 0; i < columns.size(); i++) columns.get(i).add(result.chunk().vector(i), taken, some);
        taken += some;
        if (taken == count && !fetch()) throw failure();
        return some;
    }

    /** What goes wrong, by asking once more for the rows one by one. */
    private SQLException failure() {
        closeQuietly();
        try (var again = connection.createStatement(); var rows = again.executeQuery(query)) {
            while (rows.next()) { } // to where it fails
        } catch (SQLException e) {
            return e;
        }
        return new SQLException("Invalid result set: it ended before the query did");
    }

    @Override public void close() throws SQLException {
        if (result != null) result.close();
        statement.close();
    }

    private void closeQuietly() {
        try {
            close();
        } catch (SQLException e) {
            // nothing was written that could be lost
        }
    }
}
