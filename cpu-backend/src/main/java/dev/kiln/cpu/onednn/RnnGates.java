package dev.kiln.cpu.onednn;

import dev.kiln.op.RecurrentCell;
import dev.kiln.op.RecurrentWeights.Kind;

/**
 * In which order oneDNN's RNN primitive has the gates. An LSTM's are i f g o as everywhere. A GRU's
 * are z r n where the parameters have r z n; and while one bias is enough where both products are
 * added up, the recurrent bias of n has a row of its own behind the others, since the reset gate
 * multiplies it ({@code lbr_gru}).
 */
final class RnnGates {

  private static final int RESET = 0;
  private static final int UPDATE = 1;

  private RnnGates() {}

  /** Returns the rows that the primitive's bias has. */
  static int biases(RecurrentCell cell) {
    return cell == RecurrentCell.GRU ? cell.gates() + 1 : cell.gates();
  }

  /** Returns which of the primitive's rows a gate of the parameters is, or is added to. */
  static int row(RecurrentCell cell, Kind kind, int gate) {
    if (cell != RecurrentCell.GRU) {
      return gate;
    }
    return switch (gate) {
      case RESET -> UPDATE;
      case UPDATE -> RESET;
      default -> kind == Kind.BIAS_HH ? gate + 1 : gate;
    };
  }

  /** Returns the elements of the primitive's bias, [directions, biases, hidden]. */
  static long biasFloats(RecurrentShape shape) {
    return (long) shape.directions() * biases(shape.spec().cell()) * shape.hidden();
  }

  /** Returns the first element there of a gate's bias. */
  static long biasAt(RecurrentShape shape, int direction, Kind kind, int gate) {
    RecurrentCell cell = shape.spec().cell();
    return ((long) direction * biases(cell) + row(cell, kind, gate)) * shape.hidden();
  }
}
