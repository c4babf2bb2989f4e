// From what the graph keeps of a normalization to what cuDNN keeps, and back.

// inverse deviation [C] -> variance [C]
KERNEL variance_of(Index count, const REAL* inverse, REAL* variance, double epsilon) {
  FOR_EACH(i, count) {
    double deviation = 1 / (double)inverse[i];
    double squared = deviation * deviation - epsilon;
    variance[i] = REAL(squared < 0 ? 0 : squared);
  }
}

// variance [C] -> inverse deviation [C]
KERNEL inverse_deviation_of(Index count, const REAL* variance, REAL* inverse, double epsilon) {
  FOR_EACH(i, count) { inverse[i] = REAL(1 / sqrt((double)variance[i] + epsilon)); }
}
