/**
 * Training jobs on texts for the command line.
 *
 * <pre>{@code
 * ./merapi train imdb                                            # a small Transformer
 * ./merapi train imdb model=bilstm
 * ./merapi train text-classification data=tickets.csv            # your own: a table, or a folder for each class
 * ./merapi train bert-classification data=tickets.csv pretrained=bert-base-uncased
 * ./merapi train token-classification data=conll pretrained=bert-base-cased
 * ./merapi train question-answering data=squad pretrained=bert-base-uncased
 * ./merapi train embedding data=pairs.csv pretrained=all-MiniLM-L6-v2
 * ./merapi train fill-mask data=novels.txt
 * ./merapi train language-modelling data=novels.txt
 * ./merapi train translation data=multi30k from=de to=en
 * }</pre>
 */
package dev.merapi.text.recipe;
