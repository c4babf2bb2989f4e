package dev.kiln.cpu.onednn;

/**
 * The numbers of some sequences in one step of a recurrent cell, in arrays, where the JVM computes
 * with vector instructions. Every gate has an array of its own: a loop that reads one part of an
 * array and writes another is not compiled to vector instructions, since the parts might overlap.
 */
final class CellTile {

  /**
   * Elements of an array, if that makes at least one sequence: enough that a loop's scalar ends do
   * not count, few enough that all arrays stay in a first-level cache.
   */
  private static final int ELEMENTS = 512;

  /** How many sequences fit. */
  final int rows;

  /** How many elements are in use: sequences times the size of the state. */
  int count;

  final float[][] gates;
  final float[][] recurrent;
  final float[] previousState;
  final float[] previousExtra;
  final float[] state;
  final float[] extra;
  final float[] stateGrad;
  final float[] extraGrad;
  final float[] outputGrad;
  final float[][] gatesGrad;
  final float[][] recurrentGrad;

  /** The sums of {@code gatesGrad} and {@code recurrentGrad} over all turns so far. */
  final float[][] gatesGradSum;

  final float[][] recurrentGradSum;

  CellTile(int gates, int hidden) {
    this.rows = Math.max(1, ELEMENTS / hidden);
    int elements = rows * hidden;
    this.gates = new float[gates][elements];
    this.recurrent = new float[gates][elements];
    this.previousState = new float[elements];
    this.previousExtra = new float[elements];
    this.state = new float[elements];
    this.extra = new float[elements];
    this.stateGrad = new float[elements];
    this.extraGrad = new float[elements];
    this.outputGrad = new float[elements];
    this.gatesGrad = new float[gates][elements];
    this.recurrentGrad = new float[gates][elements];
    this.gatesGradSum = new float[gates][elements];
    this.recurrentGradSum = new float[gates][elements];
  }
}
