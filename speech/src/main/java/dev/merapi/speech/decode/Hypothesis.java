package dev.merapi.speech.decode;

/**
 * A text that a recording may say.
 *
 * @param text what it says
 * @param ids its symbols
 * @param score by which texts are compared: the sound's, the language model's and the words' together
 * @param acoustic natural logarithm of the sound's part alone
 */
public record Hypothesis(String text, long[] ids, double score, double acoustic) {}
