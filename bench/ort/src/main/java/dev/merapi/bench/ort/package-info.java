/** ONNX Runtime with all its optimizations, on the file that Hugging Face users export. */
package dev.merapi.bench.ort;
