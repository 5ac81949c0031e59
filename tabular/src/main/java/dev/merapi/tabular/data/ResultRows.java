package dev.merapi.tabular.data;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Rows as every database gives them, value by value. */
final class ResultRows implements Rows {
    private final Statement statement;
    private final ResultSet result;
    private final List<GrowingColumn<?>> columns;
    private boolean more; // the cursor stands on a row that was not read yet

    ResultRows(Connection connection, String query) throws SQLException {
        statement = connection.createStatement();
        result = statement.executeQuery(query);
        columns = GrowingColumn.of(result.getMetaData());
        more = result.next();
    }

    @Override public List<GrowingColumn<?>> columns() { return columns; }

    @Override public boolean hasNext() { return more; }

    @Override public int read(int most) throws SQLException {
        int count = 0;
        for (; more && count < most; more = result.next(), count++) {
            for (var column : columns) column.add(result);
        }
        return count;
    }

    @Override public void close() throws SQLException { statement.close(); } // and with it its result
}
