/**
 * Smaller and faster models: pruning, quantisation, distillation, adapters, export. Models are wrapped or changed from outside; no layer knows of it.
 */
package dev.merapi.compress;
