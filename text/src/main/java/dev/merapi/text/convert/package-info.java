/**
 * Turns models of other formats into folders that Merapi and Hugging Face's libraries load.
 *
 * <pre>{@code
 * BertCheckpoint.convert(Path.of("uncased_L-12_H-768_A-12/bert_model.ckpt"), Path.of("bert-base-uncased"));
 * var model = MaskedLm.load(Path.of("bert-base-uncased"));
 * }</pre>
 */
package dev.merapi.text.convert;
