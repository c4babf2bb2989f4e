package dev.kiln.nn;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.QRDecomposition;
import org.apache.commons.math3.linear.RealMatrix;

/** The orthonormal factor of a matrix. */
final class OrthonormalMatrix {

  private OrthonormalMatrix() {}

  /**
   * Returns the factor Q of A = Q R, where R has a positive diagonal: that makes Q unique, and
   * uniformly distributed if A is normal (Mezzadri 2007). For a wide A the factor is that of its
   * transpose, transposed.
   *
   * @param a a matrix [rows, columns] of full rank, in row-major order
   * @return Q [rows, columns], in row-major order
   */
  static double[] of(double[] a, int rows, int columns) {
    boolean wide = columns > rows;
    int tall = Math.max(rows, columns);
    int narrow = Math.min(rows, columns);
    double[][] matrix = new double[tall][narrow];
    for (int i = 0; i < a.length; i++) {
      int row = i / columns;
      int column = i % columns;
      matrix[wide ? column : row][wide ? row : column] = a[i];
    }
    double[][] q = thinFactor(new QRDecomposition(new Array2DRowRealMatrix(matrix, false)));
    double[] result = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      int row = i / columns;
      int column = i % columns;
      result[i] = q[wide ? row : column][wide ? column : row];
    }
    return result;
  }

  /**
   * The first columns of Q, one array each, from the Householder reflections. Commons Math's own
   * {@code getQ} makes a square matrix, which for a convolution's weight would be far larger.
   */
  private static double[][] thinFactor(QRDecomposition decomposition) {
    RealMatrix reflections = decomposition.getH();
    RealMatrix r = decomposition.getR();
    int tall = reflections.getRowDimension();
    int narrow = reflections.getColumnDimension();
    double[][] v = reflections.transpose().getData();
    double[][] q = new double[narrow][tall];
    for (int column = 0; column < narrow; column++) {
      q[column][column] = Math.signum(r.getEntry(column, column));
      // Later reflections leave the unit vector of this column alone.
      for (int k = column; k >= 0; k--) {
        reflect(q[column], v[k], k);
      }
    }
    return q;
  }

  /**
   * Replaces {@code x} by {@code x - v (v'x) / v[k]}: Commons Math scales v so that v'v = 2 v[k].
   */
  private static void reflect(double[] x, double[] v, int k) {
    double product = 0;
    for (int i = k; i < x.length; i++) {
      product += v[i] * x[i];
    }
    double factor = product / v[k];
    for (int i = k; i < x.length; i++) {
      x[i] -= factor * v[i];
    }
  }
}
