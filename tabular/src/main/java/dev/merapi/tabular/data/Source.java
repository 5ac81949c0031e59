package dev.merapi.tabular.data;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** What answers queries. */
interface Source {
    /** A new connection, which the caller closes. */
    Connection open() throws SQLException;

    /**
     * What a user is to hear of a failure.
     *
     * @param query that failed
     */
    RuntimeException failure(SQLException e, String query);

    /**
     * An empty DuckDB of its own for each connection, in this process: it reads files, keeps nothing, and downloads no
     * extensions.
     */
    Source DUCKDB = new Source() {
        @Override public Connection open() throws SQLException { return duckdb(true); }

        @Override public RuntimeException failure(SQLException e, String query) {
            var reason = reason(e, query);
            return new IllegalArgumentException("Table: " + message(reason) + " The query is: " + query, reason);
        }
    };

    private static Connection duckdb(boolean streams) throws SQLException {
        var settings = new Properties();
        settings.setProperty("jdbc_stream_results", "" + streams); // a result need not fit into memory
        settings.setProperty("autoinstall_known_extensions", "false");
        settings.setProperty("autoload_known_extensions", "false");
        return DriverManager.getConnection("jdbc:duckdb:", settings);
    }

    /** Of a stream that fails at its first rows, DuckDB's driver loses the reason: it is asked for unstreamed. */
    static SQLException reason(SQLException e, String query) {
        if (e.getMessage() == null || !e.getMessage().contains("Invalid result set")) return e;
        try (var connection = duckdb(false); var statement = connection.createStatement();
                var _ = statement.executeQuery(query)) {
            return e;
        } catch (SQLException found) {
            return found;
        }
    }

    /** Any database with a JDBC driver on the class path. */
    static Source of(String url) {
        return new Source() {
            @Override public Connection open() throws SQLException { return DriverManager.getConnection(url); }

            @Override public RuntimeException failure(SQLException e, String query) {
                String hint = "No suitable driver".regionMatches(0, "" + e.getMessage(), 0, 18)
                        ? " Is the database's JDBC driver on the class path?" : "";
                return new IllegalArgumentException("Table.jdbc: " + message(e) + hint + " The query is: " + query, e);
            }
        };
    }

    /** The first paragraph, without the drawing of the place in the query. */
    static String message(SQLException e) {
        String text = ("" + e.getMessage()).replaceFirst("(?s)\n\n.*", "").replaceFirst("(?s)\\s*LINE \\d+:.*", "")
                .replace('\n', ' ').strip();
        return text.endsWith(".") || text.endsWith("?") ? text : text + ".";
    }
}
