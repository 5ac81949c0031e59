/** Image data, augmentation and models. */
package dev.merapi.vision;
