/**
 * Training: tasks, the trainer, what it records and what listens to it.
 *
 * <pre>{@code
 * var run = Trainer.of(Classification.of(model, 10))
 *         .optimizer(m -> new Adam(m, 1e-3)).epochs(10).listen(new Progress())
 *         .fit(train, test);
 * IO.println(run.best("accuracy"));
 * }</pre>
 */
package dev.merapi.train;
