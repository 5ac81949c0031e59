/** Merapi as a user writes it: its own layers, optimizer, loss and scopes, and no flag of JavaCPP or libtorch. */
package dev.merapi.bench.merapi;
