/**
 * Recipes on tables: {@code table} and {@code click}, and {@code merapi compare}.
 *
 * <pre>{@code
 * try (var job = Recipes.named("table").job("data=titanic.csv", "target=survived", "model=boosting")) {
 *     IO.println(job.fit(Path.of("runs/titanic")).last().value("roc_auc"));
 * }
 * }</pre>
 */
package dev.merapi.tabular.recipe;
