package dev.kiln.train;

import dev.kiln.tensor.Tensor;
import java.util.List;

/**
 * What a training step is fed.
 *
 * @param batch one tensor for each field
 * @param seed the seed of the run
 * @param number the number that random numbers follow, from 1
 * @param rate the learning rate
 */
record StepInputs(List<Tensor> batch, long seed, long number, double rate) {

  /** Returns how many samples the batch has. */
  int samples() {
    return batch.getFirst().shape().dim(0);
  }
}
