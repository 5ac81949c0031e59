/**
 * Training from which nobody can tell who was in the data, and noisy answers about data.
 *
 * <pre>{@code
 * var privacy = new Private(model, PrivacyOptions.target(3, 1e-5));
 * privacy.wrap(trainer).fit(data.train(256), test);
 * IO.println(privacy.spent());
 * }</pre>
 */
package dev.merapi.protect.privacy;
