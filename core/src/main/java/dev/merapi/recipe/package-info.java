/**
 * Training jobs by name, for programs and for the command line, into which field modules plug theirs.
 *
 * <pre>{@code
 * try (var job = Recipes.named("fashion").job("epochs=5")) {
 *     IO.println(job.fit(Path.of("runs/fashion")).best("accuracy"));
 * }
 * try (var model = Predictor.open(Path.of("runs/fashion"))) {
 *     IO.println(model.predict("shoe.png", 3));
 * }
 * }</pre>
 */
package dev.merapi.recipe;
