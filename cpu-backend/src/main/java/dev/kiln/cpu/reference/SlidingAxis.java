package dev.kiln.cpu.reference;

/**
 * One axis of a sliding window: output {@code o} sees input {@code o stride - padding + tap
 * dilation} through each tap of the kernel, if there is such an input.
 *
 * @param in the inputs along the axis
 * @param out the outputs along the axis
 * @param stride the step between neighbouring outputs
 * @param padding how far the first window begins before the first input
 * @param dilation the step between neighbouring taps
 */
record SlidingAxis(int in, int out, int stride, int padding, int dilation) {

  /** Returns the input that an output sees through a tap; outside [0, in) it is padding. */
  int input(int output, int tap) {
    return output * stride - padding + tap * dilation;
  }

  /** Returns the first output that sees an input through a tap. */
  int firstOutput(int tap) {
    return Math.max(0, Math.ceilDiv(padding - tap * dilation, stride));
  }

  /** Returns the end (exclusive) of the outputs that see an input through a tap. */
  int endOutput(int tap) {
    return Math.min(out, Math.floorDiv(in - 1 + padding - tap * dilation, stride) + 1);
  }
}
