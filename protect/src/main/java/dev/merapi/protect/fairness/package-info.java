/**
 * Whether a model of two classes treats groups of people alike, and what makes it do so: before training, within it, or
 * after.
 *
 * <pre>{@code
 * var report = FairnessReport.of(good, answered, sexes);
 * IO.println(report.against("male"));
 * }</pre>
 *
 * The answer {@code true} is the favourable one, such as a loan that is given.
 */
package dev.merapi.protect.fairness;
