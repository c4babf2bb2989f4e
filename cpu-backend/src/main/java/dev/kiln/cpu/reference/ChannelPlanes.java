package dev.kiln.cpu.reference;

import dev.kiln.tensor.Shape;

/**
 * Where the elements of one channel lie in a tensor [N, C] or [N, C, H, W].
 *
 * @param batch N
 * @param channels C
 * @param size H W, or 1
 */
record ChannelPlanes(int batch, int channels, int size) {

  /** Returns the channels of a tensor of two or more dimensions. */
  static ChannelPlanes of(Shape shape) {
    return new ChannelPlanes(
        shape.dim(0), shape.dim(1), Math.toIntExact(shape.elements(2, shape.rank())));
  }

  /** Returns the position of the first element of a channel in a sample. */
  long start(int sample, int channel) {
    return ((long) sample * channels + channel) * size;
  }

  /** Returns how many elements a channel has in all samples. */
  long count() {
    return (long) batch * size;
  }
}
