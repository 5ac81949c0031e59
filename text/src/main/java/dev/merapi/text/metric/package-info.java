/**
 * Measures of texts, over any number of them.
 *
 * <pre>{@code
 * var bleu = new Bleu();
 * for (int i = 0; i < written.size(); i++) bleu.add(written.get(i), expected.get(i));
 * IO.println(bleu.value());
 * }</pre>
 */
package dev.merapi.text.metric;
