/** Linear models near an input, and the squares of pictures that they speak of. */
package dev.merapi.explain.lime;
