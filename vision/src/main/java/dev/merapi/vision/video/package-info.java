/** Videos: their pictures one by one, and annotated copies. FFmpeg does the coding. */
package dev.merapi.vision.video;
