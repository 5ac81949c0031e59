package dev.merapi.tabular.data;

import java.util.function.UnaryOperator;
import org.duckdb.DuckDBReadableVector;

/**
 * Takes values of a DuckDB vector into an array. There is none for types that are rare or not to be had as vectors:
 * each maker gives null for them.
 *
 * @param <A> the array
 */
@FunctionalInterface
interface ChunkReader<A> {
    void read(DuckDBReadableVector vector, int from, int count, A into, int at);

    /** A number of a vector. */
    @FunctionalInterface
    interface ToDouble {
        double get(DuckDBReadableVector vector, int row);
    }

    /** A whole number of a vector. */
    @FunctionalInterface
    interface ToLong {
        long get(DuckDBReadableVector vector, int row);
    }

    static ChunkReader<double[]> numbers(String type) {
        if (type.startsWith("DECIMAL")) return doubles((v, row) -> v.getBigDecimal(row).doubleValue());
        return switch (type) {
            case "DOUBLE" -> doubles(DuckDBReadableVector::getDouble);
            case "FLOAT" -> doubles(DuckDBReadableVector::getFloat);
            case "HUGEINT" -> doubles((v, row) -> v.getHugeInt(row).doubleValue()); // a sum of whole numbers
            default -> null;
        };
    }

    static ChunkReader<long[]> integers(String type) {
        if (type.startsWith("DECIMAL")) return longs((v, row) -> v.getBigDecimal(row).longValue());
        return switch (type) {
            case "BIGINT" -> longs(DuckDBReadableVector::getLong);
            case "INTEGER" -> longs(DuckDBReadableVector::getInt);
            case "SMALLINT" -> longs(DuckDBReadableVector::getShort);
            case "TINYINT" -> longs(DuckDBReadableVector::getByte);
            case "UINTEGER" -> longs(DuckDBReadableVector::getUint32);
            case "USMALLINT" -> longs(DuckDBReadableVector::getUint16);
            case "UTINYINT" -> longs(DuckDBReadableVector::getUint8);
            default -> null;
        };
    }

    static ChunkReader<long[]> dates(String type) {
        return switch (type) {
            case "TIMESTAMP" -> longs((v, row) -> GrowingColumn.micros(v.getLocalDateTime(row)));
            case "DATE" -> longs((v, row) -> GrowingColumn.micros(v.getLocalDate(row).atStartOfDay()));
            default -> null;
        };
    }

    static ChunkReader<byte[]> booleans(String type) {
        if (!type.equals("BOOLEAN")) return null;
        return (vector, from, count, into, at) -> {
            for (int i = 0; i < count; i++) {
                into[at + i] = (byte) (vector.isNull(from + i) ? -1 : vector.getBoolean(from + i) ? 1 : 0);
            }
        };
    }

    /** @param share makes equal texts one */
    static ChunkReader<String[]> texts(String type, UnaryOperator<String> share) {
        if (!type.equals("VARCHAR")) return null;
        return (vector, from, count, into, at) -> {
            for (int i = 0; i < count; i++) into[at + i] = share.apply(vector.getString(from + i));
        };
    }

    private static ChunkReader<double[]> doubles(ToDouble value) {
        return (vector, from, count, into, at) -> {
            for (int i = 0; i < count; i++) {
                into[at + i] = vector.isNull(from + i) ? Double.NaN : value.get(vector, from + i);
            }
        };
    }

    private static ChunkReader<long[]> longs(ToLong value) {
        return (vector, from, count, into, at) -> {
            for (int i = 0; i < count; i++) {
                into[at + i] = vector.isNull(from + i) ? Column.MISSING : value.get(vector, from + i);
            }
        };
    }
}
