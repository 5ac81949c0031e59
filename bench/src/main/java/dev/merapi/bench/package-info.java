/** Merapi and its peers on the same work, side by side. */
package dev.merapi.bench;
