package dev.merapi.tabular.data;

import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The kinds of a result's columns, by the types that its database gives them. */
final class Schema {
    private Schema() {}

    /** @throws IllegalArgumentException for a column of a type that no kind holds, such as a STRUCT */
    static List<Field> of(ResultSetMetaData result) throws SQLException {
        var fields = new ArrayList<Field>();
        for (int i = 1; i <= result.getColumnCount(); i++) {
            fields.add(new Field(result.getColumnLabel(i), kind(result, i)));
        }
        return fields;
    }

    private static Kind kind(ResultSetMetaData result, int i) throws SQLException {
        String type = ("" + result.getColumnTypeName(i)).toUpperCase(Locale.ROOT);
        if (type.endsWith("[]") || type.matches(".*\\[\\d+]")) return Kind.LIST;
        if (type.startsWith("ENUM") || type.equals("UUID") || type.equals("JSON")) return Kind.TEXT;
        if (type.equals("HUGEINT") || type.equals("UHUGEINT") || type.equals("UBIGINT")) return Kind.NUMBER;
        if (type.equals("UTINYINT") || type.equals("USMALLINT") || type.equals("UINTEGER")) return Kind.INTEGER;
        if (type.startsWith("TIMESTAMP")) return Kind.DATE;
        return switch (result.getColumnType(i)) {
            case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT -> Kind.INTEGER;
            case Types.FLOAT, Types.REAL, Types.DOUBLE -> Kind.NUMBER;
            case Types.DECIMAL, Types.NUMERIC ->
                result.getScale(i) == 0 && result.getPrecision(i) <= 18 && result.getPrecision(i) > 0 ? Kind.INTEGER
                        : Kind.NUMBER;
            case Types.BOOLEAN, Types.BIT -> Kind.BOOLEAN;
            case Types.CHAR, Types.VARCHAR, Types.LONGVARCHAR, Types.NCHAR, Types.NVARCHAR, Types.LONGNVARCHAR,
                    Types.CLOB, Types.NULL -> Kind.TEXT;
            case Types.DATE, Types.TIMESTAMP, Types.TIMESTAMP_WITH_TIMEZONE -> Kind.DATE;
            case Types.ARRAY -> Kind.LIST;
            default -> throw new IllegalArgumentException("Table: expected columns of numbers, truth values, texts,"
                    + " dates or lists. Received " + result.getColumnLabel(i) + " of type " + type
                    + "; leave it out, or cast it in the query: select cast(" + result.getColumnLabel(i)
                    + " as varchar) …");
        };
    }
}
