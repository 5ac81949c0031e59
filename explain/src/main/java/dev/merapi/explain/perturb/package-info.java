/** What becomes of an output when inputs are changed. */
package dev.merapi.explain.perturb;
