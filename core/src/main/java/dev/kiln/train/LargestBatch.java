package dev.kiln.train;

import dev.kiln.backend.Backend;
import dev.kiln.backend.OutOfMemoryException;
import dev.kiln.exec.Plan;
import dev.kiln.exec.Planner;
import dev.kiln.op.ShapeException;
import dev.kiln.tensor.TensorType;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/** Looks for the largest batch that fits, below one that does not, by making plans. */
final class LargestBatch {

  private final Backend backend;
  private final List<TensorType> tooLarge;
  private final Function<List<TensorType>, TrainingGraph> writing;

  /**
   * Prepares to look.
   *
   * @param tooLarge the types of the batch that does not fit, the rows in front
   * @param writing what writes the graph for a batch of some types
   */
  LargestBatch(
      Backend backend,
      List<TensorType> tooLarge,
      Function<List<TensorType>, TrainingGraph> writing) {
    this.backend = backend;
    this.tooLarge = List.copyOf(tooLarge);
    this.writing = writing;
  }

  /** Bisects for the most rows with a plan that fits; 0 if there are none. */
  int find(Predicate<Plan> fits) {
    int most = 0;
    int fails = tooLarge.getFirst().shape().dim(0);
    while (fails - most > 1) {
      int middle = most + (fails - most) / 2;
      if (hasPlan(middle, fits)) {
        most = middle;
      } else {
        fails = middle;
      }
    }
    return most;
  }

  private boolean hasPlan(int rows, Predicate<Plan> fits) {
    List<TensorType> batch =
        tooLarge.stream().map(type -> type.withShape(type.shape().with(0, rows))).toList();
    try (Plan plan = Planner.plan(backend, writing.apply(batch).graph())) {
      return fits.test(plan);
    } catch (OutOfMemoryException tooLittleToPlan) {
      return false;
    } catch (ShapeException tooFewRows) {
      return false; // a batch normalization of rows takes no single one
    }
  }
}
