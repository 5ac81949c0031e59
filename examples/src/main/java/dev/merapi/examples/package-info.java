/** Small complete programs, each one file. */
package dev.merapi.examples;
