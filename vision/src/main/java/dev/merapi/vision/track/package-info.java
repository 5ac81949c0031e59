/** Things followed through the pictures of a video, and how well. */
package dev.merapi.vision.track;
