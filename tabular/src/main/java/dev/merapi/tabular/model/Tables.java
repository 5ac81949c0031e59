package dev.merapi.tabular.model;

import dev.merapi.nn.Unary;

/** Where the vectors of ids are: in the model, or elsewhere, such as on servers that several workers share. */
@FunctionalInterface
public interface Tables {
    /** In the model. */
    Tables OWN = (_, _) -> null;

    /**
     * A table of a model, asked for in the order in which the model has them.
     *
     * @param rows ids, from 0
     * @param width numbers of a vector
     * @return ids (…) to (…, width); null for a table in the model
     */
    Unary of(long rows, int width);
}
