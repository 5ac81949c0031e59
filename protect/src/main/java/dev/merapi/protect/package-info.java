/**
 * Models that can be trusted: privacy, federated learning, masking, robustness, fairness. Models are
 * wrapped or changed from outside; no layer knows of it.
 */
package dev.merapi.protect;
