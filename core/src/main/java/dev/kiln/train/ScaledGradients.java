package dev.kiln.train;

/**
 * How the gradients of a training in fp16 are scaled at present.
 *
 * @param scale what the loss is multiplied by before it is differentiated
 * @param skippedUpdates how many updates were left out so far, since gradients were not finite
 */
public record ScaledGradients(double scale, long skippedUpdates) {}
