/**
 * Training jobs by name: how field modules plug theirs into the command line.
 *
 * <pre>{@code
 * Recipe<?> recipe = Recipes.named("fashion");
 * try (var job = recipe.job(...); var train = job.train(); var test = job.test()) {
 *     var run = job.trainer().folder(Path.of("runs/fashion")).listen(new Progress()).fit(train, test);
 * }
 * }</pre>
 */
package dev.merapi.recipe;
