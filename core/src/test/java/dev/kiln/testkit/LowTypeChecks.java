package dev.kiln.testkit;

import dev.kiln.backend.Backend;
import dev.kiln.check.Tolerance;
import dev.kiln.op.OptimizerStep;
import dev.kiln.op.Recurrent;
import dev.kiln.op.RecurrentCell;
import dev.kiln.op.WhereFinite;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Tensor;
import java.util.List;

/**
 * Compares two backends in a low element type: both round the same operands and what they compute
 * of them, though not always alike.
 *
 * @param type {@link DType#BF16} or {@link DType#F16}
 */
record LowTypeChecks(DType type) {

  /** Every operation but updates of what is held, which is never of a low type. */
  boolean applyTo(Sample sample) {
    return !(sample.spec() instanceof OptimizerStep || sample.spec() instanceof WhereFinite);
  }

  void resultsMatch(Sample sample, Backend backend, Backend reference) {
    SampleGraph graph = SampleGraph.forward(sample, type);
    assertClose(sample, graph.run(backend), graph.run(reference));
  }

  void gradientsMatch(Sample sample, Backend backend, Backend reference) {
    SampleGraph graph = SampleGraph.backward(sample, type);
    assertClose(sample, graph.run(backend), graph.run(reference));
  }

  private void assertClose(Sample sample, List<Tensor> got, List<Tensor> want) {
    Results results = new Results(sample.name(), got);
    if (sample.spec() instanceof Recurrent recurrent) {
      boolean rectified = recurrent.cell() == RecurrentCell.RNN_RELU;
      results.areCloseInNorm(rectified ? 0.125 : 16 * unit(), want);
    } else {
      results.areClose(tolerance(sample.tolerance()), want);
    }
  }

  /** A few units in the last place, of the value itself and of 1, beside what F32 may be off. */
  private Tolerance tolerance(Tolerance single) {
    return new Tolerance(single.relative() + 4 * unit(), single.absolute() + 4 * unit());
  }

  /** The distance from 1 to the next number. */
  private double unit() {
    return type == DType.BF16 ? 0x1p-7 : 0x1p-10;
  }
}
