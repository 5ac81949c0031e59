/**
 * Wide products as two thin ones.
 *
 * <pre>{@code
 * LowRank.factorize(model, Map.of("encoder.up", 64));
 * }</pre>
 */
package dev.merapi.compress.lowrank;
