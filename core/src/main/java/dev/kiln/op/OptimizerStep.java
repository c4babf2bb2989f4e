package dev.kiln.op;

import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * One optimizer update of all parameters in one pass, in place.
 *
 * <p>Inputs: {@code parameters} and {@code gradients}, flat [P]; {@code rate}, a scalar; {@code
 * step}, an I64 scalar counting from 1; then one tensor for each slot of the rule, [P] or [1]; last
 * {@code guard}, a scalar that may be absent. Outputs: the new parameters, then the new slots, each
 * in the memory of the old one. Rate and step are inputs so that a schedule changes no plan.
 *
 * <p>Where the guard is infinite or not a number the outputs are the old parameters and slots, bit
 * for bit. So a step may be started before anyone has looked at its loss.
 *
 * @param rule the optimizer
 */
public record OptimizerStep(OptimizerRule rule) implements OpSpec {

  private static final int FIRST_SLOT = 4;

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    List<String> names = new ArrayList<>(List.of("parameters", "gradients", "rate", "step"));
    rule.slots().forEach(slot -> names.add(slot.name()));
    names.add("guard?");
    Operands in = new Operands(this, inputs, names.toArray(String[]::new)).floating(0).rank(0, 1);
    in.dtypeOfFirst(1).shapeIs(1, in.shape(0)).dtypeOfFirst(2).shapeIs(2, Shape.SCALAR);
    in.dtype(3, DType.I64).shapeIs(3, Shape.SCALAR);
    List<TensorType> outputs =
        new ArrayList<>(List.of(TensorType.of(in.get(0).dtype(), in.shape(0))));
    for (int i = 0; i < rule.slots().size(); i++) {
      Shape shape = rule.slots().get(i).perParameter() ? in.shape(0) : Shape.of(1);
      in.dtypeOfFirst(FIRST_SLOT + i).shapeIs(FIRST_SLOT + i, shape);
      outputs.add(TensorType.of(in.get(0).dtype(), shape));
    }
    in.dtypeOfFirst(guardIndex()).shapeIs(guardIndex(), Shape.SCALAR);
    return outputs;
  }

  /** Returns the position of the guard among the inputs; where it is absent, their number. */
  public int guardIndex() {
    return FIRST_SLOT + rule.slots().size();
  }

  /** Refuses: an update has no gradient. */
  @Override
  public void gradient(Adjoint adjoint) {
    throw SecondDerivativeException.of(this);
  }

  @Override
  public OptionalInt overwrites(int output) {
    return OptionalInt.of(output == 0 ? 0 : FIRST_SLOT + output - 1);
  }
}
