package dev.merapi.compress.quantize;

/** How weights of 4 bits are chosen. */
public enum Rounding {
    /** Each to the nearest; no examples are needed. */
    NEAREST,
    /** Column by column, where the following ones make up for what is lost: {@code GPTQ}. */
    GPTQ,
    /** To the nearest, after columns that see large inputs were stretched: {@code AWQ}. */
    AWQ
}
