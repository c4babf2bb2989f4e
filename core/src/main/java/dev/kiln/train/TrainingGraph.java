package dev.kiln.train;

import dev.kiln.backend.Precision;
import dev.kiln.graph.Graph;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.nn.Mode;
import dev.kiln.nn.Network;
import dev.kiln.nn.Outcome;
import dev.kiln.nn.ParameterBlock;
import dev.kiln.op.Cast;
import dev.kiln.op.CorrectCount;
import dev.kiln.op.OptimizerRule;
import dev.kiln.op.OptimizerStep;
import dev.kiln.op.Pack;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The graph of one training step, or of the parts it is made of when gradients are accumulated over
 * several batches.
 *
 * @param graph the graph
 * @param batch the fields of the batch; empty where there is none
 * @param counter the random counter I64[2], seed and step
 * @param rate the learning rate, a scalar
 * @param step the number of the update, an I64 scalar counting from 1
 * @param outcome the loss and the predictions; absent in {@link #applyAccumulated}
 * @param counts what is counted of the predictions besides, I64 scalars
 */
record TrainingGraph(
    Graph graph,
    List<Value> batch,
    Value counter,
    Value rate,
    Value step,
    List<Outcome> outcome,
    List<Value> counts) {

  /** Which field of a batch is the target. */
  static final int TARGET = 1;

  /** The prefix of the variables that hold an optimizer's slots. */
  static final String SLOT = "optimizer.";

  /**
   * The variable that guards every update: 0 as long as every loss was finite, not a number from
   * then on. So a step that was started before the loss of the one before was known changes nothing
   * if that loss turns out not to be finite.
   */
  static final String GUARD = "guard";

  private static final OptimizerRule SUM = new OptimizerRule.Sgd(0, 0, false);

  private static final String ACCUMULATED = "accumulated_gradients";

  /** Forward, loss, backward, clipping and update. */
  static TrainingGraph whole(
      Network network,
      Precision precision,
      List<TensorType> types,
      List<CorrectCount> counts,
      OptimizerRule rule,
      Clip clip) {
    Builder builder = new Builder(network, precision);
    List<Value> batch = builder.fields(types);
    Network.Applied applied = builder.forward(batch, Mode.TRAINING);
    List<Value> counted = builder.count(counts, applied.outcome().predictions(), batch);
    Value gradients = builder.backward(applied);
    Value losses = builder.guardedBy(applied.outcome().loss());
    builder.descend(rule, applied.flat(), gradients, clip, losses);
    return builder.build(batch, List.of(applied.outcome()), counted);
  }

  /** Forward, loss, backward, and the gradients added to those of earlier batches. */
  static TrainingGraph accumulate(
      Network network, Precision precision, List<TensorType> types, List<CorrectCount> counts) {
    Builder builder = new Builder(network, precision);
    List<Value> batch = builder.fields(types);
    Network.Applied applied = builder.forward(batch, Mode.TRAINING);
    List<Value> counted = builder.count(counts, applied.outcome().predictions(), batch);
    Value gradients = builder.backward(applied);
    Value guard = builder.guardedBy(applied.outcome().loss());
    // Descent at the rate -1 adds, in place and as the guard says.
    Value rate = builder.graph.ops().fill(network.dtype(), Shape.SCALAR, -1);
    builder.update(SUM, builder.accumulated(), gradients, rate, builder.step, guard);
    return builder.build(batch, List.of(applied.outcome()), counted);
  }

  /** Clipping and update with the mean of the accumulated gradients, which are then zeroed. */
  static TrainingGraph applyAccumulated(
      Network network, Precision precision, int batches, OptimizerRule rule, Clip clip) {
    Builder builder = new Builder(network, precision);
    GraphBuilder graph = builder.graph;
    Value flat = graph.variable(Network.PARAMETERS, builder.flatType());
    Value sum = builder.accumulated();
    Value mean = graph.ops().affine(sum, 1.0 / batches, 0);
    Value losses = builder.guard();
    graph.update(sum, graph.ops().fill(sum.type().dtype(), sum.shape(), 0));
    graph.guardUpdates(losses);
    builder.descend(rule, flat, mean, clip, losses);
    return builder.build(List.of(), List.of(), List.of());
  }

  /** Forward and loss alone, as after training. */
  static TrainingGraph inference(
      Network network, Precision precision, List<TensorType> types, List<CorrectCount> counts) {
    Builder builder = new Builder(network, precision);
    List<Value> batch = builder.fields(types);
    Network.Applied applied = builder.forward(batch, Mode.INFERENCE);
    List<Value> counted = builder.count(counts, applied.outcome().predictions(), batch);
    return builder.build(batch, List.of(applied.outcome()), counted);
  }

  /** Predictions alone, as after training; of the batch all fields but the target are fed. */
  static TrainingGraph prediction(Network network, Precision precision, List<TensorType> types) {
    Builder builder = new Builder(network, precision);
    List<Value> batch = builder.fields(types);
    Outcome outcome = builder.forward(batch, Mode.INFERENCE).outcome();
    List<Value> fed = new ArrayList<>(batch);
    fed.remove(TARGET);
    return new TrainingGraph(
        builder.graph.build(outcome.predictions()),
        fed,
        builder.counter,
        builder.rate,
        builder.step,
        List.of(outcome),
        List.of());
  }

  /** The name of the variable that holds a slot. */
  static String slotName(OptimizerRule.Slot slot) {
    return SLOT + slot.name();
  }

  /** Whether a variable holds gradients accumulated over batches. */
  static boolean isAccumulator(Value variable) {
    return variable.name().equals(ACCUMULATED);
  }

  /** The pieces the graphs are put together from. */
  private static final class Builder {

    private final Network network;
    private final Precision precision;
    private final GraphBuilder graph = new GraphBuilder();
    private final Value counter = graph.input("counter", TensorType.of(DType.I64, 2));
    private final Value rate;
    private final Value step = graph.input("step", TensorType.of(DType.I64));
    private final LossScaling scaling;

    Builder(Network network, Precision precision) {
      this.network = network;
      this.precision = precision;
      this.scaling = LossScaling.of(precision, graph);
      this.rate = graph.input("rate", TensorType.of(network.dtype()));
    }

    List<Value> fields(List<TensorType> types) {
      return IntStream.range(0, types.size())
          .mapToObj(i -> graph.input("batch" + i, types.get(i)))
          .toList();
    }

    Network.Applied forward(List<Value> batch, Mode mode) {
      return precision.isMixed()
          ? graph.autocast(precision.operands(), () -> network.apply(graph, batch, counter, mode))
          : network.apply(graph, batch, counter, mode);
    }

    /** Counts over predictions [N, C] and labels [N], or [N, T, C] and [N, T]. */
    List<Value> count(List<CorrectCount> counts, Value predictions, List<Value> batch) {
      if (counts.isEmpty()) {
        return List.of();
      }
      Shape shape = predictions.shape();
      int rows = Math.toIntExact(shape.elements(0, shape.rank() - 1));
      Value scores = graph.ops().reshape(predictions, rows, shape.dim(-1));
      if (scores.type().dtype() != network.dtype()) {
        scores = graph.apply(new Cast(network.dtype()), scores);
      }
      Value labels = graph.ops().reshape(batch.get(TARGET), rows);
      List<Value> operands = List.of(scores, labels);
      return counts.stream().map(each -> graph.add(each, operands).getFirst()).toList();
    }

    TensorType flatType() {
      return TensorType.of(network.dtype(), Math.toIntExact(network.flatLength()));
    }

    Value accumulated() {
      return graph.variable(ACCUMULATED, flatType());
    }

    /** All gradients as one flat tensor, laid out like the parameters. */
    Value backward(Network.Applied applied) {
      if (network.parameters().isEmpty()) {
        throw new IllegalArgumentException(
            "the network has no parameters, so there is nothing to train: no layer in it asks its"
                + " scope for one");
      }
      List<Value> gradients = scaling.gradients(applied.outcome().loss(), applied.parameters());
      List<Long> offsets = network.blocks().stream().map(ParameterBlock::offset).toList();
      return scaling.unscaled(
          graph.add(new Pack(offsets, network.flatLength()), gradients).getFirst());
    }

    /** What says of all losses so far whether they were finite. */
    Value guard() {
      return graph.variable(GUARD, TensorType.of(network.dtype()));
    }

    /**
     * Lets everything that is updated so far stay as it is unless this and every earlier loss is
     * finite. Comes after whatever reads the variables.
     *
     * @return what says so, for the updates to come
     */
    Value guardedBy(Value loss) {
      Value before = guard();
      // A number minus itself is 0 if it is finite, and not a number otherwise.
      Value guard = graph.ops().add(before, graph.ops().sub(loss, loss));
      graph.guardUpdates(guard);
      graph.update(before, guard);
      return guard;
    }

    /** The optimizer's update by bounded gradients, unless they or a loss are not finite. */
    void descend(OptimizerRule rule, Value flat, Value gradients, Clip clip, Value losses) {
      Value bounded = clip.apply(graph, gradients);
      Value number = scaling.made(step);
      update(rule, flat, bounded, rate, number, scaling.guard(losses, gradients));
    }

    void update(
        OptimizerRule rule,
        Value flat,
        Value gradients,
        Value learningRate,
        Value number,
        Value guard) {
      List<Value> operands = new ArrayList<>(List.of(flat, gradients, learningRate, number));
      List<Value> held = new ArrayList<>(List.of(flat));
      for (OptimizerRule.Slot slot : rule.slots()) {
        Shape shape = slot.perParameter() ? flat.shape() : Shape.of(1);
        Value variable = graph.variable(slotName(slot), TensorType.of(network.dtype(), shape));
        operands.add(variable);
        held.add(variable);
      }
      operands.add(guard);
      List<Value> next = graph.add(new OptimizerStep(rule), operands);
      for (int i = 0; i < held.size(); i++) {
        graph.update(held.get(i), next.get(i));
      }
    }

    TrainingGraph build(List<Value> batch, List<Outcome> outcome, List<Value> counts) {
      List<Value> outputs = new ArrayList<>(counts);
      outcome.forEach(o -> outputs.addAll(List.of(o.loss(), o.predictions())));
      return new TrainingGraph(graph.build(outputs), batch, counter, rate, step, outcome, counts);
    }
  }
}
