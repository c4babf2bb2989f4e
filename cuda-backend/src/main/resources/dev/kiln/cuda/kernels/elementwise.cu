// Arithmetic with constants, filling and conversions: element i of the result depends on element i of the operands.

KERNEL affine(Index count, const REAL* x, REAL* y, double scale, double shift) {
  REAL a = REAL(scale), b = REAL(shift);
  FOR_EACH(i, count) { y[i] = a * x[i] + b; }
}

KERNEL clamp(Index count, const REAL* x, REAL* y, double low, double high) {
  REAL from = REAL(low), to = REAL(high);
  FOR_EACH(i, count) { y[i] = x[i] < from ? from : x[i] > to ? to : x[i]; }
}

KERNEL clamp_grad(Index count, const REAL* x, const REAL* dy, REAL* dx, double low, double high) {
  REAL from = REAL(low), to = REAL(high);
  FOR_EACH(i, count) { dx[i] = x[i] >= from && x[i] <= to ? dy[i] : REAL(0); }
}

KERNEL fill(Index count, REAL* y, double value) {
  FOR_EACH(i, count) { y[i] = REAL(value); }
}

// y [rows, columns] += bias [columns]
KERNEL add_bias(Index count, const REAL* bias, REAL* y, Index columns) {
  FOR_EACH(i, count) { y[i] += bias[i % columns]; }
}
