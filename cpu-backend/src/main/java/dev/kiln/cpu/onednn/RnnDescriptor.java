package dev.kiln.cpu.onednn;

import dev.kiln.op.RecurrentCell;
import java.lang.foreign.MemorySegment;

/** Asks oneDNN for the RNN primitive of a cell. */
final class RnnDescriptor {

  private static final int BACKWARD = 128;
  private static final int NO_FLAGS = 0;
  private static final int OVERWRITE_WEIGHT_GRADIENTS = 1;
  private static final int RELU = 0x20;
  private static final int TANH = 0x21;
  private static final MemorySegment ABSENT = MemorySegment.NULL;

  private RnnDescriptor() {}

  /**
   * Describes the forward pass.
   *
   * @param propagation oneDNN's number of training or inference
   * @param direction oneDNN's number of one direction or both
   * @param of the operands and results
   */
  static PrimitiveDesc forward(OpContext context, int propagation, int direction, RnnOperands of) {
    MemorySegment engine = context.engineHandle();
    MemorySegment attributes = context.plainAttributes();
    return PrimitiveDesc.create(
        context.scope(),
        out -> {
          switch (of.cell()) {
            case LSTM ->
                Dnnl.API.lstmForwardPrimitiveDescCreate(
                    out,
                    engine,
                    propagation,
                    direction,
                    of.input().handle(),
                    of.first().handle(),
                    of.first().handle(),
                    of.inputWeights().handle(),
                    of.recurrentWeights().handle(),
                    ABSENT,
                    ABSENT,
                    of.bias().handle(),
                    of.output().handle(),
                    of.last().handle(),
                    of.last().handle(),
                    NO_FLAGS,
                    attributes);
            case GRU ->
                Dnnl.API.lbrGruForwardPrimitiveDescCreate(
                    out,
                    engine,
                    propagation,
                    direction,
                    of.input().handle(),
                    of.first().handle(),
                    of.inputWeights().handle(),
                    of.recurrentWeights().handle(),
                    of.bias().handle(),
                    of.output().handle(),
                    of.last().handle(),
                    NO_FLAGS,
                    attributes);
            case RNN_TANH, RNN_RELU ->
                Dnnl.API.vanillaRnnForwardPrimitiveDescCreate(
                    out,
                    engine,
                    propagation,
                    activation(of.cell()),
                    direction,
                    of.input().handle(),
                    of.first().handle(),
                    of.inputWeights().handle(),
                    of.recurrentWeights().handle(),
                    of.bias().handle(),
                    of.output().handle(),
                    of.last().handle(),
                    NO_FLAGS,
                    0,
                    0,
                    attributes);
          }
        });
  }

  /**
   * Describes the gradient, which replaces what lies where the weights' gradients belong.
   *
   * @param of the operands and results
   * @param grad their gradients
   * @param forward the forward pass
   */
  static PrimitiveDesc gradient(
      OpContext context, int direction, RnnOperands of, RnnOperands grad, PrimitiveDesc forward) {
    MemorySegment engine = context.engineHandle();
    MemorySegment attributes = context.plainAttributes();
    return PrimitiveDesc.create(
        context.scope(),
        out -> {
          switch (of.cell()) {
            case LSTM ->
                Dnnl.API.lstmBackwardPrimitiveDescCreate(
                    out,
                    engine,
                    BACKWARD,
                    direction,
                    of.input().handle(),
                    of.first().handle(),
                    of.first().handle(),
                    of.inputWeights().handle(),
                    of.recurrentWeights().handle(),
                    ABSENT,
                    ABSENT,
                    of.bias().handle(),
                    of.output().handle(),
                    of.last().handle(),
                    of.last().handle(),
                    grad.input().handle(),
                    grad.first().handle(),
                    grad.first().handle(),
                    grad.inputWeights().handle(),
                    grad.recurrentWeights().handle(),
                    ABSENT,
                    ABSENT,
                    grad.bias().handle(),
                    grad.output().handle(),
                    grad.last().handle(),
                    grad.last().handle(),
                    OVERWRITE_WEIGHT_GRADIENTS,
                    forward.handle(),
                    attributes);
            case GRU ->
                Dnnl.API.lbrGruBackwardPrimitiveDescCreate(
                    out,
                    engine,
                    BACKWARD,
                    direction,
                    of.input().handle(),
                    of.first().handle(),
                    of.inputWeights().handle(),
                    of.recurrentWeights().handle(),
                    of.bias().handle(),
                    of.output().handle(),
                    of.last().handle(),
                    grad.input().handle(),
                    grad.first().handle(),
                    grad.inputWeights().handle(),
                    grad.recurrentWeights().handle(),
                    grad.bias().handle(),
                    grad.output().handle(),
                    grad.last().handle(),
                    OVERWRITE_WEIGHT_GRADIENTS,
                    forward.handle(),
                    attributes);
            case RNN_TANH, RNN_RELU ->
                Dnnl.API.vanillaRnnBackwardPrimitiveDescCreate(
                    out,
                    engine,
                    BACKWARD,
                    activation(of.cell()),
                    direction,
                    of.input().handle(),
                    of.first().handle(),
                    of.inputWeights().handle(),
                    of.recurrentWeights().handle(),
                    of.bias().handle(),
                    of.output().handle(),
                    of.last().handle(),
                    grad.input().handle(),
                    grad.first().handle(),
                    grad.inputWeights().handle(),
                    grad.recurrentWeights().handle(),
                    grad.bias().handle(),
                    grad.output().handle(),
                    grad.last().handle(),
                    OVERWRITE_WEIGHT_GRADIENTS,
                    0,
                    0,
                    forward.handle(),
                    attributes);
          }
        });
  }

  private static int activation(RecurrentCell cell) {
    return cell == RecurrentCell.RNN_RELU ? RELU : TANH;
  }
}
