/**
 * Agents: algorithms of reinforcement learning, a file each, on the layers and optimizers of core.
 *
 * <pre>{@code
 * Torch.seed(7);
 * var agent = new Ppo<>(() -> Envs.make("CartPole-v1"), PpoOptions.DEFAULT, 7);
 * var run = agent.trainer(1e-3, 100).steps(100).evaluateEvery(20).fit(Rounds.endless(), Rounds.of(20));
 * IO.println(run.best("return"));
 * }</pre>
 */
package dev.merapi.play.agent;
