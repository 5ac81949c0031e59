package dev.merapi.recipe;

/**
 * An input that a classifier took for something else.
 *
 * @param index in the test set
 * @param expected its class
 * @param answer what it was taken for
 */
public record Mistake(int index, String expected, Prediction answer) {}
