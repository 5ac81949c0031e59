/** llama.cpp by its Java binding, as a contender of {@code bench/decoders}. */
package dev.merapi.bench.llama;
