/**
 * Training jobs on texts for the command line.
 *
 * <pre>{@code
 * ./merapi train imdb                                            # a small Transformer
 * ./merapi train imdb model=bilstm
 * ./merapi train text-classification data=tickets.csv            # your own: a table, or a folder for each class
 * ./merapi train bert-classification data=tickets.csv pretrained=bert-base-uncased
 * ./merapi train language-model data=novels.txt
 * ./merapi train translation data=multi30k from=de to=en
 * }</pre>
 */
package dev.merapi.text.recipe;
