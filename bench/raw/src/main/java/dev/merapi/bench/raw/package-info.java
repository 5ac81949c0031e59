/** libtorch through JavaCPP alone, by every means that makes it fast: the bound that a toolkit can reach. */
package dev.merapi.bench.raw;
