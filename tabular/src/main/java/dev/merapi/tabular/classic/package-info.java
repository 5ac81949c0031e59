/**
 * Models that other libraries fit, to compare nets with, and methods that learn without a target.
 *
 * <pre>{@code
 * var boosting = new ClassicModel(Algorithm.BOOSTING, preprocessing.inputs(), preprocessing.target(),
 *         ClassicOptions.DEFAULT);
 * boosting.fit(preprocessing.apply(fold.train()));
 * }</pre>
 */
package dev.merapi.tabular.classic;
