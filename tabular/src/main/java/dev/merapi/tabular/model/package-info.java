/**
 * Models of tables and clicks, from logistic regression to DeepFM and FT-Transformer, and how they are trained.
 *
 * <pre>{@code
 * var model = new DeepFm(preprocessing.inputs(), 1, DeepOptions.DEFAULT);
 * var run = Trainer.of(TableTask.of(model, preprocessing.target())).optimizer(m -> new Adam(m, 1e-3)).epochs(20)
 *         .fit(Loader.of(preprocessing.rows(fold.train()), 256).shuffle(1337),
 *                 Loader.of(preprocessing.rows(fold.test()), 1024));
 * }</pre>
 */
package dev.merapi.tabular.model;
