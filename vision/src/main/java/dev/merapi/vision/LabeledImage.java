package dev.merapi.vision;

/** An image and its class, counted from 0. */
public record LabeledImage(Image image, int label) {}
