package dev.merapi.nn;

/** A model that knows what goes into it and what comes out. */
public interface Signed {
    /** With the names that the field uses; what was done to an input before the model is not in it. */
    Signature signature();
}
