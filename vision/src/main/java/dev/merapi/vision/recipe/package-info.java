/**
 * Training jobs on images for the command line, one recipe for each data set.
 *
 * <pre>{@code
 * ./merapi train fashion                                   # the data set that comes with the library
 * ./merapi train fashion model=mlp epochs=5
 * ./merapi train mnist data=/data/mnist                    # IDX files in a folder
 * ./merapi train image-folder data=/data/flowers           # train/<class>/*.jpg and test/<class>/*.jpg
 * }</pre>
 */
package dev.merapi.vision.recipe;
