/** Deeplearning4j with its oneDNN build for AVX-512. */
package dev.merapi.bench.dl4j;
