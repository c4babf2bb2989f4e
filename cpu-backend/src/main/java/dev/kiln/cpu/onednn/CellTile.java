package dev.kiln.cpu.onednn;

/**
 * One sequence's numbers in one step of a recurrent cell, in arrays, where the JVM computes with
 * vector instructions. Gates are [gates * hidden], everything else [hidden].
 */
final class CellTile {

  final int hidden;
  final float[] gates;
  final float[] recurrent;
  final float[] previousState;
  final float[] previousExtra;
  final float[] state;
  final float[] extra;
  final float[] stateGrad;
  final float[] extraGrad;
  final float[] gatesGrad;
  final float[] recurrentGrad;

  CellTile(int gates, int hidden) {
    this.hidden = hidden;
    this.gates = new float[gates * hidden];
    this.recurrent = new float[gates * hidden];
    this.previousState = new float[hidden];
    this.previousExtra = new float[hidden];
    this.state = new float[hidden];
    this.extra = new float[hidden];
    this.stateGrad = new float[hidden];
    this.extraGrad = new float[hidden];
    this.gatesGrad = new float[gates * hidden];
    this.recurrentGrad = new float[gates * hidden];
  }
}
