package dev.merapi.nn;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The name of a field's state in files, where it is not the field's own in snake_case. An empty name leaves
 * the field out of the path: a list's elements are then {@code 0}, {@code 1}, … and a map's entries its keys.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface Name {
    /** One part of the path, such as {@code ln_1}; empty to leave the field out. */
    String value();
}
