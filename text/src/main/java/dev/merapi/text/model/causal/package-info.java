/**
 * What models that read from left to right have in common: the cache of keys and values, going on with prompts, and the
 * training task.
 */
package dev.merapi.text.model.causal;
