/** The commands {@code merapi mask}, {@code merapi attack} and {@code merapi audit}. */
package dev.merapi.protect.command;
