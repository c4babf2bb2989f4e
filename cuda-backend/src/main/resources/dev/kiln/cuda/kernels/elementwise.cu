// Arithmetic with constants, filling and conversions: element i of the result depends on element i of the operands.

KERNEL affine(Index count, const ELEMENT* x, ELEMENT* y, double scale, double shift) {
  REAL a = REAL(scale), b = REAL(shift);
  FOR_EACH(i, count) { y[i] = a * x[i] + b; }
}

KERNEL clamp(Index count, const ELEMENT* x, ELEMENT* y, double low, double high) {
  REAL from = REAL(low), to = REAL(high);
  FOR_EACH(i, count) {
    REAL value = x[i];
    y[i] = value < from ? from : value > to ? to : value;
  }
}

KERNEL clamp_grad(Index count, const ELEMENT* x, const ELEMENT* dy, ELEMENT* dx, double low, double high) {
  REAL from = REAL(low), to = REAL(high);
  FOR_EACH(i, count) { dx[i] = x[i] >= from && x[i] <= to ? REAL(dy[i]) : REAL(0); }
}

// y may lie where old is.
KERNEL where_finite(Index count, const ELEMENT* guard, const ELEMENT* next, const ELEMENT* old, ELEMENT* y) {
  bool finite = is_finite(*guard);
  FOR_EACH(i, count) { y[i] = finite ? next[i] : old[i]; }
}

KERNEL fill(Index count, ELEMENT* y, double value) {
  FOR_EACH(i, count) { y[i] = REAL(value); }
}

// y [rows, columns] += bias [columns]
KERNEL add_bias(Index count, const ELEMENT* bias, ELEMENT* y, Index columns) {
  FOR_EACH(i, count) { y[i] = REAL(y[i]) + REAL(bias[i % columns]); }
}
