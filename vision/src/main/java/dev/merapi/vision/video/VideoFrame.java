package dev.merapi.vision.video;

import dev.merapi.vision.Image;

/**
 * A picture of a video.
 *
 * @param image in RGB, upright
 * @param seconds from the video's beginning until it is shown
 */
public record VideoFrame(Image image, double seconds) {}
