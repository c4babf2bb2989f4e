// The functions of dev.kiln.op.Binary on operands that are repeated to the shape of the result, which may lie where a
// lies if they have the same shape.

#define FUNCTION(name, forward)                                                                 \
  KERNEL binary_##name(Index count, const ELEMENT* left, const ELEMENT* right, ELEMENT* result, \
                       Walk walk) {                                                             \
    FOR_EACH(i, count) {                                                                        \
      REAL a = left[locate(walk, 0, i)];                                                        \
      REAL b = right[locate(walk, 1, i)];                                                       \
      result[i] = forward;                                                                      \
    }                                                                                           \
  }

FUNCTION(add, a + b)
FUNCTION(sub, a - b)
FUNCTION(mul, a * b)
FUNCTION(div, a / b)
// What is not a number stays so.
FUNCTION(maximum, a != a || a > b ? a : b)
FUNCTION(minimum, a != a || a < b ? a : b)
FUNCTION(dominance, a > b ? REAL(1) : a == b ? REAL(0.5) : REAL(0))
