package dev.kiln.cpu.onednn;

import dev.kiln.backend.Kernel;
import dev.kiln.op.Recurrent;

/** Runs a cell's function for all sequences of a batch in one step, divided among all threads. */
final class CellLoop {

  /**
   * Where the operands of one forward step lie.
   *
   * @param gates the products, replaced by the activated gates
   * @param recurrent the recurrent product, of cells that keep it apart
   * @param current the previous state, replaced by the new one
   * @param previousExtra of the previous step
   * @param extra of this step
   * @param states the new state among those of all directions
   */
  record Forward(
      RowBlock gates,
      RowBlock recurrent,
      RowBlock current,
      RowBlock previousExtra,
      RowBlock extra,
      RowBlock states) {}

  /**
   * Where the operands of one step back lie.
   *
   * @param gates the activated gates
   * @param previousState of the previous step
   * @param previousExtra of the previous step
   * @param extra of this step
   * @param states the state among those of all directions
   * @param outputGrad the gradient of that state as the layer's output
   * @param stateGrad its gradient from later steps, replaced by what goes to the previous state
   * @param extraGrad the memory's gradient from later steps, replaced likewise
   * @param gatesGrad the gradient of the input's product
   * @param recurrentGrad the gradient of the recurrent product, of cells that keep it apart
   */
  record Backward(
      RowBlock gates,
      RowBlock previousState,
      RowBlock previousExtra,
      RowBlock extra,
      RowBlock states,
      RowBlock outputGrad,
      RowBlock stateGrad,
      RowBlock extraGrad,
      RowBlock gatesGrad,
      RowBlock recurrentGrad) {}

  private final OpenMpTeam team;
  private final CellFunction cell;
  private final ParallelRange rows;
  private final CellTile[] tiles;
  private final float[][] outputGrads;

  CellLoop(OpenMpTeam team, Recurrent spec, int batch) {
    this.team = team;
    this.cell = CellFunction.of(spec.cell());
    this.rows = ParallelRange.ofRows(batch);
    this.tiles = new CellTile[OpenMpTeam.size()];
    for (int i = 0; i < tiles.length; i++) {
      tiles[i] = new CellTile(spec.cell().gates(), spec.hidden());
    }
    this.outputGrads = new float[tiles.length][spec.hidden()];
  }

  /** Returns what runs one forward step. */
  Kernel forward(Forward step) {
    OpenMpTeam.Part part =
        index -> {
          for (int row = rows.start(index); row < rows.end(index); row++) {
            forward(step, row, tiles[index]);
          }
        };
    return () -> team.run(part);
  }

  private void forward(Forward step, int row, CellTile tile) {
    step.gates.read(row, tile.gates);
    step.current.read(row, tile.previousState);
    if (cell.separatesRecurrent()) {
      step.recurrent.read(row, tile.recurrent);
    }
    if (cell.hasMemory()) {
      step.previousExtra.read(row, tile.previousExtra);
    }
    cell.forward(tile);
    step.gates.write(row, tile.gates);
    step.extra.write(row, tile.extra);
    step.current.write(row, tile.state);
    step.states.write(row, tile.state);
  }

  /** Returns what runs one step back. */
  Kernel backward(Backward step) {
    OpenMpTeam.Part part =
        index -> {
          for (int row = rows.start(index); row < rows.end(index); row++) {
            backward(step, row, tiles[index], outputGrads[index]);
          }
        };
    return () -> team.run(part);
  }

  private void backward(Backward step, int row, CellTile tile, float[] outputGrad) {
    step.gates.read(row, tile.gates);
    step.extra.read(row, tile.extra);
    step.states.read(row, tile.state);
    step.previousState.read(row, tile.previousState);
    step.stateGrad.read(row, tile.stateGrad);
    step.outputGrad.read(row, outputGrad);
    for (int i = 0; i < outputGrad.length; i++) {
      tile.stateGrad[i] += outputGrad[i];
    }
    if (cell.hasMemory()) {
      step.previousExtra.read(row, tile.previousExtra);
      step.extraGrad.read(row, tile.extraGrad);
    }
    cell.backward(tile);
    step.gatesGrad.write(row, tile.gatesGrad);
    if (cell.separatesRecurrent()) {
      step.recurrentGrad.write(row, tile.recurrentGrad);
      step.stateGrad.write(row, tile.stateGrad);
    }
    if (cell.hasMemory()) {
      step.extraGrad.write(row, tile.extraGrad);
    }
  }
}
