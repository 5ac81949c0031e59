/** Shapley's values, in exact and in drawn ways. */
package dev.merapi.explain.shap;
