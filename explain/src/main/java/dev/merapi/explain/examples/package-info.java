/** Explanations by examples: what would have to be other, what suffices, what was learnt from. */
package dev.merapi.explain.examples;
