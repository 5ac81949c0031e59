/** {@code merapi explain}. */
package dev.merapi.explain.command;
