/** The commands of this module. */
package dev.merapi.compress.command;
