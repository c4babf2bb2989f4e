package dev.kiln.cpu.onednn;

import dev.kiln.backend.Kernel;
import java.util.function.IntConsumer;

/**
 * Moves rows between the user's order, [N, T, width], and the order of the computation, [T, N,
 * width] turn by turn with the longest sequence first, on all threads. Padding is never read and
 * arrives as zeros.
 */
final class SequenceMoves {

  private final OpenMpTeam team;
  private final SequenceOrder order;

  SequenceMoves(OpenMpTeam team, SequenceOrder order) {
    this.team = team;
    this.order = order;
  }

  /** Returns what runs a body for every row. */
  private Kernel forRows(IntConsumer body) {
    OpenMpTeam.Part part =
        index -> {
          // Every so many, since the rows are sorted by their length.
          for (int row = index; row < order.batch(); row += OpenMpTeam.size()) {
            body.accept(row);
          }
        };
    return () -> team.run(part);
  }

  private int at(int row, int turn) {
    return turn * order.batch() + row;
  }

  private int at(int row, int direction, int turn) {
    return order.sequence(row) * order.steps() + order.step(row, direction, turn);
  }

  private int padding(int row, int step) {
    return order.sequence(row) * order.steps() + step;
  }

  /** Returns what moves {@code sequences} [N, T, width] to {@code turns} [T, N, width]. */
  Kernel toTurns(RowBlock sequences, RowBlock turns, int direction) {
    return forRows(row -> {
      int length = order.length(row);
      for (int turn = 0; turn < length; turn++) {
        sequences.copyRow(at(row, direction, turn), turns, at(row, turn));
      }
      for (int turn = length; turn < order.steps(); turn++) {
        turns.fillRow(at(row, turn), 0);
      }
    });
  }

  /** Returns what moves {@code turns} [T, N, width] to {@code sequences} [N, T, width]. */
  Kernel toSequences(RowBlock turns, RowBlock sequences, int direction) {
    return forRows(row -> {
      int length = order.length(row);
      for (int turn = 0; turn < length; turn++) {
        turns.copyRow(at(row, turn), sequences, at(row, direction, turn));
      }
      for (int step = length; step < order.steps(); step++) {
        sequences.fillRow(padding(row, step), 0);
      }
    });
  }

  /** Returns what adds {@code turns} [T, N, width] to {@code sequences} [N, T, width]. */
  Kernel addToSequences(RowBlock turns, RowBlock sequences, int direction) {
    float[][] sums = new float[order.batch()][turns.width()];
    float[][] terms = new float[order.batch()][turns.width()];
    return forRows(row -> {
      float[] sum = sums[row];
      float[] term = terms[row];
      for (int turn = 0; turn < order.length(row); turn++) {
        int at = at(row, direction, turn);
        sequences.readRow(at, sum, 0);
        turns.readRow(at(row, turn), term, 0);
        VectorFunctions.add(sum, term, sum.length);
        sequences.writeRow(at, sum, 0);
      }
    });
  }

  /** Returns what sets every step of a sequence of an invalid length to not-a-number. */
  Kernel markInvalid(RowBlock sequences) {
    return forRows(row -> {
      for (int step = 0; step < order.steps() && order.length(row) == 0; step++) {
        sequences.fillRow(padding(row, step), Float.NaN);
      }
    });
  }

  /** Returns what clears the rows of {@code turns} [T, N, width] at which no sequence runs. */
  Kernel clearIdle(RowBlock turns) {
    return () -> {
      for (int turn = 0; turn < order.steps(); turn++) {
        for (int thread = 0; thread < order.threads(); thread++) {
          int active = order.active(turn, thread);
          turns.clearRows(at(order.first(thread) + active, turn), order.rows(thread) - active);
        }
      }
    };
  }

  /** Returns what moves states [N, width] to rows. */
  Kernel toRows(RowBlock states, RowBlock rows) {
    return forRows(row -> states.copyRow(order.sequence(row), rows, row));
  }

  /** Returns what moves rows to states [N, width]; those of invalid lengths are not-a-number. */
  Kernel toStates(RowBlock rows, RowBlock states) {
    return forRows(row -> {
      if (order.length(row) == 0) {
        states.fillRow(order.sequence(row), Float.NaN);
      } else {
        rows.copyRow(row, states, order.sequence(row));
      }
    });
  }

  /** Returns what moves each sequence's last row of {@code turns} [T, N, width] to states. */
  Kernel lastToStates(RowBlock turns, RowBlock states) {
    return forRows(row -> {
      int length = order.length(row);
      if (length == 0) {
        states.fillRow(order.sequence(row), Float.NaN);
      } else {
        turns.copyRow(at(row, length - 1), states, order.sequence(row));
      }
    });
  }

  /** Returns what copies the rows of those sequences whose last turn this is. */
  RowWork copyEnding(RowBlock from, RowBlock to, int turn) {
    return thread -> {
      int first = order.first(thread);
      int end = first + order.active(turn, thread);
      for (int row = first + order.active(turn + 1, thread); row < end; row++) {
        from.copyRow(row, to, row);
      }
    };
  }
}
