/**
 * Training jobs by name, for programs and for the command line, into which field modules plug theirs.
 *
 * <pre>{@code
 * try (var job = Recipes.named("fashion").job("epochs=5")) {
 *     IO.println(job.fit(Path.of("runs/fashion")).best("accuracy"));
 * }
 * try (var model = Predictor.open(Path.of("runs/fashion")).as(Image.class, Classes.class)) {
 *     IO.println(model.predict(Image.read(Path.of("shoe.png"))).top(3));
 * }
 * }</pre>
 */
package dev.merapi.recipe;
