/**
 * Environments: worlds that answer an action with an observation and a reward, after Gymnasium's interface.
 *
 * <pre>{@code
 * try (var env = Envs.make("CartPole-v1")) {
 *     float[] observation = env.reset(7);
 *     var step = env.step(1);                              // push to the right
 *     IO.println(step.reward() + " " + step.isOver());     // 1.0 false
 * }
 * }</pre>
 */
package dev.merapi.play.env;
