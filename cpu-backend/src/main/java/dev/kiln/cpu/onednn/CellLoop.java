package dev.kiln.cpu.onednn;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.cpu.memory.HostBuffer;
import dev.kiln.op.Recurrent;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** Runs a cell's function for all sequences that are in a turn, each thread for its rows. */
final class CellLoop {

  /**
   * Where the operands of one forward turn lie.
   *
   * @param gates the products, replaced by the activated gates
   * @param recurrent the recurrent product, of cells that keep it apart
   * @param previousState of the previous turn
   * @param previousExtra of the previous turn
   * @param extra of this turn
   * @param state of this turn
   */
  record Forward(
      RowBlock gates,
      RowBlock recurrent,
      RowBlock previousState,
      RowBlock previousExtra,
      RowBlock extra,
      RowBlock state) {}

  /**
   * Where the operands of one turn back lie.
   *
   * @param gates the activated gates
   * @param previousState of the previous turn
   * @param previousExtra of the previous turn
   * @param extra of this turn
   * @param state of this turn
   * @param outputGrad the gradient of that state as the layer's output
   * @param stateGrad its gradient from later turns, replaced by what goes to the previous state
   * @param extraGrad the memory's gradient from later turns, replaced likewise
   * @param gatesGrad the gradient of the input's product
   * @param recurrentGrad the gradient of the recurrent product, of cells that keep it apart
   */
  record Backward(
      RowBlock gates,
      RowBlock previousState,
      RowBlock previousExtra,
      RowBlock extra,
      RowBlock state,
      RowBlock outputGrad,
      RowBlock stateGrad,
      RowBlock extraGrad,
      RowBlock gatesGrad,
      RowBlock recurrentGrad) {}

  /** Runs some rows, in a tile of their thread. */
  private interface Rows {
    void run(int row, int rows, CellTile tile);
  }

  private final SequenceOrder order;
  private final CellFunction cell;
  private final int gates;
  private final int hidden;
  private final CellTile[] tiles;

  CellLoop(Recurrent spec, SequenceOrder order) {
    this.order = order;
    this.cell = CellFunction.of(spec.cell());
    this.gates = spec.cell().gates();
    this.hidden = spec.hidden();
    this.tiles = new CellTile[order.threads()];
    for (int i = 0; i < tiles.length; i++) {
      tiles[i] = new CellTile(gates, hidden);
    }
  }

  private RowWork forActive(int turn, Rows body) {
    return thread -> {
      CellTile tile = tiles[thread];
      int first = order.first(thread);
      int end = first + order.active(turn, thread);
      for (int row = first; row < end; row += tile.rows) {
        int rows = Math.min(tile.rows, end - row);
        tile.count = rows * hidden;
        body.run(row, rows, tile);
      }
    };
  }

  /** Returns what runs one forward turn. */
  RowWork forward(int turn, Forward step) {
    RowBlock[] gate = step.gates.split(gates);
    RowBlock[] recurrent = step.recurrent.split(gates);
    return forActive(
        turn,
        (row, rows, tile) -> {
          read(gate, row, rows, tile.gates);
          if (cell.separatesRecurrent()) {
            step.previousState.read(row, rows, tile.previousState);
            read(recurrent, row, rows, tile.recurrent);
          }
          if (cell.hasMemory()) {
            step.previousExtra.read(row, rows, tile.previousExtra);
          }
          cell.forward(tile);
          if (cell.isGated()) {
            write(tile.gates, gate, row, rows);
            step.extra.write(row, rows, tile.extra);
          }
          step.state.write(row, rows, tile.state);
        });
  }

  /** Returns what runs one turn back. */
  RowWork backward(int turn, Backward step) {
    RowBlock[] gate = step.gates.split(gates);
    RowBlock[] gateGrad = step.gatesGrad.split(gates);
    RowBlock[] recurrentGrad = step.recurrentGrad.split(gates);
    return forActive(
        turn,
        (row, rows, tile) -> {
          if (cell.isGated()) {
            read(gate, row, rows, tile.gates);
            step.extra.read(row, rows, tile.extra);
          } else {
            step.state.read(row, rows, tile.state);
          }
          if (cell.separatesRecurrent()) {
            step.previousState.read(row, rows, tile.previousState);
          }
          step.stateGrad.read(row, rows, tile.stateGrad);
          step.outputGrad.read(row, rows, tile.outputGrad);
          VectorFunctions.add(tile.stateGrad, tile.outputGrad, tile.count);
          if (cell.hasMemory()) {
            step.previousExtra.read(row, rows, tile.previousExtra);
            step.extraGrad.read(row, rows, tile.extraGrad);
          }
          cell.backward(tile);
          write(tile.gatesGrad, gateGrad, row, rows);
          add(tile.gatesGradSum, tile.gatesGrad, tile.count);
          if (cell.separatesRecurrent()) {
            add(tile.recurrentGradSum, tile.recurrentGrad, tile.count);
            write(tile.recurrentGrad, recurrentGrad, row, rows);
            step.stateGrad.write(row, rows, tile.stateGrad);
          }
          if (cell.hasMemory()) {
            step.extraGrad.write(row, rows, tile.extraGrad);
          }
        });
  }

  /** Returns what begins the sums over all turns of a layer and direction. */
  Kernel clearSums() {
    return () -> {
      for (CellTile tile : tiles) {
        for (int gate = 0; gate < gates; gate++) {
          Arrays.fill(tile.gatesGradSum[gate], 0);
          Arrays.fill(tile.recurrentGradSum[gate], 0);
        }
      }
    };
  }

  /** Returns what writes the gradients of both biases: the sums over all turns and sequences. */
  Kernel biasGrads(Buffer inputBias, Buffer recurrentBias) {
    MemorySegment input = HostBuffer.of(inputBias).segment();
    MemorySegment recurrent = HostBuffer.of(recurrentBias).segment();
    return () -> {
      for (int gate = 0; gate < gates; gate++) {
        for (int i = 0; i < hidden; i++) {
          double inputSum = 0;
          double recurrentSum = 0;
          for (CellTile tile : tiles) {
            for (int at = i; at < tile.rows * hidden; at += hidden) {
              inputSum += tile.gatesGradSum[gate][at];
              recurrentSum += tile.recurrentGradSum[gate][at];
            }
          }
          long index = (long) gate * hidden + i;
          double sum = cell.separatesRecurrent() ? recurrentSum : inputSum;
          input.setAtIndex(ValueLayout.JAVA_FLOAT, index, (float) inputSum);
          recurrent.setAtIndex(ValueLayout.JAVA_FLOAT, index, (float) sum);
        }
      }
    };
  }

  private static void add(float[][] sums, float[][] terms, int count) {
    for (int i = 0; i < sums.length; i++) {
      VectorFunctions.add(sums[i], terms[i], count);
    }
  }

  // Row by row, since a row's gates lie one behind the other: memory is read in its order.

  private static void read(RowBlock[] blocks, int row, int rows, float[][] into) {
    for (int i = 0; i < rows; i++) {
      for (int gate = 0; gate < blocks.length; gate++) {
        blocks[gate].readRow(row + i, into[gate], i);
      }
    }
  }

  private static void write(float[][] from, RowBlock[] blocks, int row, int rows) {
    for (int i = 0; i < rows; i++) {
      for (int gate = 0; gate < blocks.length; gate++) {
        blocks[gate].writeRow(row + i, from[gate], i);
      }
    }
  }
}
