package dev.kiln.train;

import dev.kiln.backend.Precision;
import dev.kiln.exec.Variables;
import dev.kiln.graph.Autodiff;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.graph.Ops;
import dev.kiln.op.Binary;
import dev.kiln.op.Unary;
import dev.kiln.op.Value;
import dev.kiln.op.WhereFinite;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.List;

/**
 * Keeps the gradients of F16 in its range (Micikevicius et al. 2018, "Mixed precision training"):
 * they are computed of the loss times a scale, and divided by it as F32. An update whose gradients
 * are not finite is left out and halves the scale; after {@value #GROWTH_INTERVAL} updates in a row
 * it is doubled, as by PyTorch's {@code GradScaler}. All of it is part of the graph: the host is
 * not asked.
 */
sealed interface LossScaling {

  /** The variable that holds the scale; those of the counts begin with it. */
  String SCALE = "loss_scale";

  /** The updates in a row after which the scale grows. */
  int GROWTH_INTERVAL = 2000;

  /** The scale before the first update. */
  float INITIAL_SCALE = 65536;

  /** Adds the gradients of a loss to the graph, scaled. */
  List<Value> gradients(Value loss, List<Value> parameters);

  /** Divides scaled gradients by the scale. */
  Value unscaled(Value gradients);

  /**
   * Decides whether to update by these gradients, and declares what becomes of the scale. Comes
   * after whatever reads it.
   *
   * @param losses finite as long as all losses were; where it is not, the scale stays too
   * @param gradients all of them, unscaled
   * @return a scalar that is finite if the update is to be made
   */
  Value guard(Value losses, Value gradients);

  /** Returns the number of the update among those made, given its number among those begun. */
  Value made(Value begun);

  /** Returns what a precision needs. */
  static LossScaling of(Precision precision, GraphBuilder graph) {
    return switch (precision) {
      case FLOAT32, TF32, BF16 -> new None(graph);
      case FP16 -> Dynamic.in(graph);
    };
  }

  /** Sets what is held before the first update. */
  static void initialize(Variables variables) {
    if (variables.names().contains(SCALE)) {
      variables.write(SCALE, Tensor.of(Shape.SCALAR, INITIAL_SCALE));
    }
  }

  /**
   * Leaves gradients as they are.
   *
   * @param graph the graph
   */
  record None(GraphBuilder graph) implements LossScaling {

    @Override
    public List<Value> gradients(Value loss, List<Value> parameters) {
      return Autodiff.gradients(graph, loss, parameters);
    }

    @Override
    public Value unscaled(Value gradients) {
      return gradients;
    }

    @Override
    public Value guard(Value losses, Value gradients) {
      return losses;
    }

    @Override
    public Value made(Value begun) {
      return begun;
    }
  }

  /**
   * Scales by what is held on the device.
   *
   * @param graph the graph
   * @param scale the scale, a power of two
   * @param streak the updates made since the scale last changed
   * @param skipped the updates left out so far
   */
  record Dynamic(GraphBuilder graph, Value scale, Value streak, Value skipped)
      implements LossScaling {

    /** The variable that holds the updates made since the scale last changed. */
    static final String STREAK = SCALE + ".streak";

    /** The variable that holds the updates left out so far. */
    static final String SKIPPED = SCALE + ".skipped_updates";

    private static Dynamic in(GraphBuilder graph) {
      TensorType scalar = TensorType.of(DType.F32);
      return new Dynamic(
          graph,
          graph.variable(SCALE, scalar),
          graph.variable(STREAK, scalar),
          graph.variable(SKIPPED, scalar));
    }

    @Override
    public List<Value> gradients(Value loss, List<Value> parameters) {
      return Autodiff.gradients(graph, List.of(loss), List.of(scale), parameters);
    }

    @Override
    public Value unscaled(Value gradients) {
      return graph.ops().mul(gradients, graph.ops().unary(Unary.RECIPROCAL, scale));
    }

    @Override
    public Value guard(Value losses, Value gradients) {
      Ops ops = graph.ops();
      // 0 if every gradient is finite, else not a number.
      Value overflow = ops.sum(ops.affine(gradients, 0, 0));
      Value one = ops.fill(DType.F32, Shape.SCALAR, 1);
      Value finite = graph.apply(Binary.DOMINANCE, one, overflow); // 1 or 0
      Value counted = ops.mul(finite, ops.affine(streak, 1, 1));
      Value grown = ops.unary(Unary.STEP, ops.affine(counted, 1, -GROWTH_INTERVAL));
      // A half after an overflow, else 1, or 2 where the scale grows.
      Value factor = ops.affine(ops.mul(finite, ops.affine(grown, 1, 0.5)), 1, 0.5);
      Value next = ops.mul(scale, factor);
      update(losses, scale, graph.apply(new WhereFinite(), next, next, scale));
      update(losses, streak, ops.mul(counted, ops.affine(grown, -1, 1)));
      update(losses, skipped, ops.add(skipped, ops.affine(finite, -1, 1)));
      return ops.add(losses, overflow);
    }

    private void update(Value losses, Value variable, Value next) {
      graph.update(variable, graph.apply(new WhereFinite(), losses, next, variable));
    }

    /** Through F64, which holds every count. */
    @Override
    public Value made(Value begun) {
      Value made = graph.ops().sub(graph.cast(begun, DType.F64), graph.cast(skipped, DType.F64));
      return graph.cast(made, DType.I64);
    }
  }
}
