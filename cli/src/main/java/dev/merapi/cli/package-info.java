/**
 * The {@code merapi} command.
 *
 * {@snippet lang = "sh" :
 * ./merapi --version
 * }
 */
package dev.merapi.cli;
