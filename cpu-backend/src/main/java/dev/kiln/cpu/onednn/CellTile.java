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

  /** Elements after which the sets of a first-level cache repeat. */
  private static final int SETS = 4096 / Float.BYTES;

  /** Elements of an array that, with its header, is 0.38 of that: the golden section. */
  private static final int SPREAD = 388;

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
    int elements = spread(rows * hidden);
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

  /**
   * Returns a length of at least so many elements for arrays that are allocated one after the
   * other: their beginnings are then spread evenly over the lines of a first-level cache, whose
   * sets repeat every 4096 bytes. Where arrays of one loop begin at nearly the same place of those
   * 4096 bytes, the processor takes reads for readers of what was just written elsewhere, and
   * waits.
   */
  private static int spread(int elements) {
    int beyond = Math.max(0, elements - SPREAD);
    return SPREAD + Math.ceilDiv(beyond, SETS) * SETS;
  }
}
