/** Jlama as a contender of {@code bench/decoders}. */
package dev.merapi.bench.jlama;
