/**
 * Agents as recipes: trained, measured and watched by name.
 *
 * <pre>{@code
 * try (var job = new PpoRecipe().job("env=CartPole-v1", "seed=3")) {
 *     IO.println(job.fit(Path.of("runs/cart")).best("return"));
 * }
 * }</pre>
 */
package dev.merapi.play.learn;
