/** TensorFlow Java in graph mode, its fastest, with images as its users keep them: channels last. */
package dev.merapi.bench.tf;
