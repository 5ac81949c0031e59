package dev.merapi.tabular.data;

import java.util.Locale;

/** What the values of a column are. */
public enum Kind {
    /** A number with a fraction. */
    NUMBER,
    /** A whole number of up to 18 digits. */
    INTEGER,
    /** True or false. */
    BOOLEAN,
    /** A text; a number with leading zeros, such as a postal code, is one too. */
    TEXT,
    /** A day, or a moment in the time zone that the table is written in. */
    DATE,
    /** Several texts or ids. */
    LIST;

    /** The name in lower case, as it stands in files. */
    @Override public String toString() { return name().toLowerCase(Locale.ROOT); }
}
