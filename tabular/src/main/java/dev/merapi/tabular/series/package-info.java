/**
 * Time series: what comes next, with how much doubt, and what was unusual.
 *
 * <pre>{@code
 * var all = Series.of(Table.read(Path.of("sales.csv")).frame(), Series.Columns.of("month", "sold"));
 * var options = new WindowOptions(36, 12, WindowOptions.Scaling.WINDOW);
 * var levels = List.of(0.1, 0.5, 0.9);
 * var task = ForecastTask.of(new DLinear(36, 12, 0, levels.size()), options, levels, 12);
 * Trainer.of(task).optimizer(m -> new Adam(m, 1e-3)).epochs(50).fit(task.train(all, 32, 1337));
 * var next = task.method().forecast(all.getFirst(), 12).median();
 * }</pre>
 */
package dev.merapi.tabular.series;
