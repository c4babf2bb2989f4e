package dev.kiln.cpu.onednn;

import dev.kiln.cpu.onednn.RnnOperands.Operand;
import dev.kiln.cpu.onednn.RnnOperands.Order;
import java.util.ArrayList;
import java.util.List;

/**
 * oneDNN's RNN primitive for one layer and the sequences of one thread. In training its input and
 * states lie turn by turn in memory of their own, their gradients as the user has them; in
 * inference everything lies as the user has it. States and memories before the first turn lie among
 * those of all layers and sequences.
 *
 * <p>Forward operands, in the order in which they are bound: the input, the first state and memory,
 * both weights, the bias; results: the states, the last state and memory, in training also the
 * workspace. The gradient reads all of these, then the gradients of all results but the workspace,
 * and yields those of the operands.
 */
final class RnnPrimitive {

  private static final String NAME = "OneDnnRnn";
  private static final int TRAINING = 64;
  private static final int INFERENCE = 96;
  private static final int LEFT_TO_RIGHT = 1;
  private static final int BOTH_CONCATENATED = 3;

  /**
   * The fewest sequences of a thread for which the primitive is no slower than the composition of
   * {@link OneDnnRecurrent}, which multiplies all threads' rows at once where it can.
   */
  private static final int LEAST_SEQUENCES = 8;

  private final OpContext context;
  private final RecurrentShape shape;
  private final int layer;
  private final BatchShare share;
  private final int direction;

  RnnPrimitive(OpContext context, RecurrentShape shape, int layer, BatchShare share) {
    this.context = context;
    this.shape = shape;
    this.layer = layer;
    this.share = share;
    this.direction = shape.directions() == 1 ? LEFT_TO_RIGHT : BOTH_CONCATENATED;
  }

  /**
   * Returns whether a stack runs by it: all sequences have one length, and there are enough of
   * them.
   */
  static boolean suits(RecurrentShape shape) {
    return !shape.spec().ragged() && shape.batch() >= LEAST_SEQUENCES * OpenMpTeam.size();
  }

  /** Returns the bytes of what the forward pass keeps for the gradient. */
  long workspaceBytes() {
    return workspace(describe(TRAINING, forwardOperands(Order.TURNS))).desc().bytes();
  }

  /** Compiles the forward pass that keeps what the gradient needs. */
  PrimitiveOp training() {
    RnnOperands operands = forwardOperands(Order.TURNS);
    PrimitiveDesc desc = describe(TRAINING, operands);
    return op(desc, operands.inputs(), joined(operands.outputs(), List.of(workspace(desc))));
  }

  /** Compiles the forward pass that keeps nothing. */
  PrimitiveOp inference() {
    RnnOperands operands = forwardOperands(Order.USER);
    return op(describe(INFERENCE, operands), operands.inputs(), operands.outputs());
  }

  /** Compiles the gradient. */
  PrimitiveOp gradient() {
    PrimitiveDesc forward = describe(TRAINING, forwardOperands(Order.TURNS));
    RnnOperands operands = operands(Order.TURNS, RnnWeightPlacement.Order.GATES_FIRST);
    RnnOperands gradients = forwardOperands(Order.USER);
    return op(
        RnnDescriptor.gradient(context, direction, operands, gradients, forward),
        joined(
            operands.inputs(),
            operands.outputs(),
            List.of(workspace(forward)),
            gradients.outputs().stream().map(Operand::grad).toList()),
        gradients.inputs().stream().map(Operand::grad).toList());
  }

  private RnnOperands forwardOperands(Order order) {
    return operands(order, RnnWeightPlacement.Order.WIDTH_FIRST);
  }

  private RnnOperands operands(Order order, RnnWeightPlacement.Order weights) {
    return RnnOperands.of(context.scope(), shape, layer, share, order, weights);
  }

  private PrimitiveDesc describe(int propagation, RnnOperands operands) {
    return RnnDescriptor.forward(context, propagation, direction, operands);
  }

  private static Operand workspace(PrimitiveDesc forward) {
    return new Operand(Argument.WORKSPACE, forward.query(PrimitiveDesc.Operand.WORKSPACE));
  }

  @SafeVarargs
  private static List<Operand> joined(List<Operand>... lists) {
    List<Operand> all = new ArrayList<>();
    for (List<Operand> list : lists) {
      all.addAll(list);
    }
    return all;
  }

  private PrimitiveOp op(PrimitiveDesc desc, List<Operand> inputs, List<Operand> outputs) {
    List<Argument> arguments = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      arguments.add(Argument.input(inputs.get(i).id(), i, inputs.get(i).desc()));
    }
    for (int i = 0; i < outputs.size(); i++) {
      arguments.add(Argument.output(outputs.get(i).id(), i, outputs.get(i).desc()));
    }
    return new PrimitiveOp(context, NAME, desc, arguments);
  }
}
