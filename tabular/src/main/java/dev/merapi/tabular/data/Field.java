package dev.merapi.tabular.data;

import dev.merapi.io.Nearest;
import java.util.Collection;
import java.util.List;

/** A column's name and the kind of its values. */
public record Field(String name, Kind kind) {
    @Override public String toString() { return name + " " + kind; }

    /**
     * The place of a column.
     *
     * @param where begins the message, such as {@code "titanic.csv: "}
     * @throws IllegalArgumentException with the names there are and what may be meant, if there is none of this name
     */
    static int indexOf(String where, String name, List<String> names) {
        int index = names.indexOf(name);
        if (index >= 0) return index;
        throw new IllegalArgumentException(where + "expected a column " + name + ". Received " + listed(names)
                + Nearest.near(name, names).map(near -> "; did you mean " + near + "?").orElse("."));
    }

    private static String listed(Collection<String> names) {
        var some = names.stream().limit(50).toList();
        return "the columns " + String.join(", ", some) + (names.size() > some.size() ? " …" : "");
    }
}
