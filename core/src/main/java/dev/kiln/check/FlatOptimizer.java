package dev.kiln.check;

import dev.kiln.exec.Session;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.op.OptimizerRule;
import dev.kiln.op.OptimizerStep;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;

/** An optimizer in a graph: it updates one flat variable of all parameters. */
final class FlatOptimizer {

  private final Value rate;
  private final Value step;
  private final Tensor stepNumber;
  private final Tensor rateValue;

  private FlatOptimizer(Value rate, Value step, double learningRate) {
    this.rate = rate;
    this.step = step;
    this.stepNumber = Tensor.allocate(step.type());
    this.rateValue = Tensor.allocate(rate.type());
    rateValue.set(0, learningRate);
  }

  /**
   * Adds an update to a graph.
   *
   * @param parameters a variable [P]
   * @param gradients its gradients [P]
   */
  static FlatOptimizer add(
      GraphBuilder graph,
      OptimizerRule rule,
      double learningRate,
      Value parameters,
      Value gradients) {
    DType dtype = parameters.type().dtype();
    Value rate = graph.input("rate", TensorType.of(dtype));
    Value step = graph.input("step", TensorType.of(DType.I64));
    List<Value> operands = new ArrayList<>(List.of(parameters, gradients, rate, step));
    List<Value> held = new ArrayList<>(List.of(parameters));
    for (OptimizerRule.Slot slot : rule.slots()) {
      Shape shape = slot.perParameter() ? parameters.shape() : Shape.of(1);
      Value variable = graph.variable(slot.name(), TensorType.of(dtype, shape));
      operands.add(variable);
      held.add(variable);
    }
    List<Value> next = graph.add(new OptimizerStep(rule), operands);
    for (int i = 0; i < held.size(); i++) {
      graph.update(held.get(i), next.get(i));
    }
    return new FlatOptimizer(rate, step, learningRate);
  }

  /** Runs one step of the session, the rate as given and the step's number one higher. */
  void step(Session session) {
    stepNumber.set(0, stepNumber.get(0) + 1);
    session.feed(step, stepNumber);
    session.feed(rate, rateValue);
    session.run();
  }
}
