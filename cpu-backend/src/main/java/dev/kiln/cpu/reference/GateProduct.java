package dev.kiln.cpu.reference;

import dev.kiln.op.RecurrentWeights;

/**
 * What a vector adds to the gates of a recurrent layer in one step, {@code W v + b}, with matrix
 * and bias inside the flat weights of the stack.
 *
 * @param weights the flat weights
 * @param matrix the matrix, [rows, columns]
 * @param bias the bias, [rows]
 */
record GateProduct(double[] weights, RecurrentWeights.Part matrix, RecurrentWeights.Part bias) {

  /** The input's part of the gates of a layer and direction. */
  static GateProduct ofInput(double[] weights, RecurrentWeights layout, int layer, int direction) {
    return new GateProduct(
        weights,
        layout.part(layer, direction, RecurrentWeights.Kind.WEIGHT_IH),
        layout.part(layer, direction, RecurrentWeights.Kind.BIAS_IH));
  }

  /** The state's part of the gates of a layer and direction. */
  static GateProduct ofState(double[] weights, RecurrentWeights layout, int layer, int direction) {
    return new GateProduct(
        weights,
        layout.part(layer, direction, RecurrentWeights.Kind.WEIGHT_HH),
        layout.part(layer, direction, RecurrentWeights.Kind.BIAS_HH));
  }

  /** Computes the product with the vector that begins at a place of an array. */
  void apply(double[] vectors, int at, double[] gates) {
    int rows = rows();
    int columns = columns();
    // W [rows,columns] · v [columns] + b [rows] -> [rows]
    for (int row = 0; row < rows; row++) {
      int line = (int) matrix.offset() + row * columns;
      double sum = weights[(int) bias.offset() + row];
      for (int i = 0; i < columns; i++) {
        sum += weights[line + i] * vectors[at + i];
      }
      gates[row] = sum;
    }
  }

  /** Adds the gradient of the vector to the place where it begins. */
  void addVectorGradient(double[] gateGradients, double[] vectorGradients, int at) {
    int rows = rows();
    int columns = columns();
    // W' [columns,rows] · dgates [rows] -> dv [columns]
    for (int row = 0; row < rows; row++) {
      int line = (int) matrix.offset() + row * columns;
      double factor = gateGradients[row];
      for (int i = 0; i < columns; i++) {
        vectorGradients[at + i] += factor * weights[line + i];
      }
    }
  }

  /** Adds the gradients of matrix and bias to an array laid out like the weights. */
  void addWeightGradient(double[] gateGradients, double[] vectors, int at, double[] sums) {
    int rows = rows();
    int columns = columns();
    // dgates [rows,1] · v' [1,columns] -> dW [rows,columns]
    for (int row = 0; row < rows; row++) {
      int line = (int) matrix.offset() + row * columns;
      double factor = gateGradients[row];
      for (int i = 0; i < columns; i++) {
        sums[line + i] += factor * vectors[at + i];
      }
      sums[(int) bias.offset() + row] += factor;
    }
  }

  private int rows() {
    return matrix.shape().dim(0);
  }

  private int columns() {
    return matrix.shape().dim(1);
  }
}
