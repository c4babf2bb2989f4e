package dev.kiln.train;

import dev.kiln.tensor.Tensor;
import java.util.List;

/**
 * The predictions of a batch whose numbers are looked at before and after: oneDNN's rectifiers make
 * 0 of what is not a number, so predictions alone do not show that the data hold one.
 */
final class CheckedPrediction {

  private CheckedPrediction() {}

  /**
   * Predicts a batch.
   *
   * @param programs the network's
   * @param fields the fields of the batch but for the target
   * @throws IllegalArgumentException if the data or the predictions hold a number that is not
   *     finite
   */
  static Tensor of(Programs programs, List<Tensor> fields) {
    for (int i = 0; i < fields.size(); i++) {
      Tensor field = fields.get(i);
      long place = firstNonFinite(field);
      if (place >= 0) {
        throw new IllegalArgumentException(
            "predict: field %d, %s, holds %s at element %d; correct the data"
                .formatted(i, field.type(), field.get(place), place));
      }
    }
    Program program = programs.prediction(Learner.types(fields));
    program.feedBatch(fields);
    program.run();
    Tensor predictions = program.copyPredictions();
    long place = firstNonFinite(predictions);
    if (place >= 0) {
      throw new IllegalArgumentException(
          "the predictions of %s hold %s; the first node whose result is not finite is %s"
              .formatted(
                  Learner.types(fields),
                  predictions.get(place),
                  program.session().firstNonFinite().orElseThrow()));
    }
    return predictions;
  }

  /** Returns the first element that is infinite or not a number, -1 if there is none. */
  private static long firstNonFinite(Tensor tensor) {
    for (long i = 0; i < tensor.elements() && tensor.type().dtype().isFloating(); i++) {
      if (!Double.isFinite(tensor.get(i))) {
        return i;
      }
    }
    return -1;
  }
}
