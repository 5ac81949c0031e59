/**
 * Tables: files and databases by SQL, rows in memory, and how they are split and prepared for a model.
 *
 * <pre>{@code
 * var titanic = Table.read(Path.of("titanic.csv")).frame();
 * var fold = TableSplit.random(titanic, 0.2, 1337);
 * var preprocessing = TablePreprocessing.fit(Features.of(fold.train(), "survived"), fold.train());
 * var batch = preprocessing.apply(fold.test());
 * }</pre>
 */
package dev.merapi.tabular.data;
