/**
 * Few numbers that make another model of one that stays as it is.
 *
 * <pre>{@code
 * var adapters = Adapters.of(model).add("reviews", LoraConfig.of(8).whole("classifier"));
 * trainer.fit(train, test);
 * adapters.save("reviews", Path.of("reviews-lora"));
 * }</pre>
 */
package dev.merapi.compress.adapter;
