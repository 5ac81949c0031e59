/** Training curves and charts as PNG files. */
package dev.merapi.plot;
