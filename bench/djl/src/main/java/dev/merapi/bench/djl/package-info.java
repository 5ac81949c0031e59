/** Deep Java Library with its PyTorch engine, as its documentation trains. */
package dev.merapi.bench.djl;
