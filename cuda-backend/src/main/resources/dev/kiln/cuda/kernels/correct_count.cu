// Whether a sample's label is among the k classes with the highest scores, and how many samples' are.

#define CORRECT_COUNT(name, type)                                                                              \
  /* A block for every row: 1 if fewer than k classes rank before the label. */                                \
  KERNEL correct_count_rows_##name(Index rows, Index classes, const ELEMENT* scores, const type* target,       \
                                   double* correct, Index k, Index lower_first) {                              \
    for (Index row = blockIdx.x; row < rows; row += gridDim.x) {                                               \
      const ELEMENT* from = scores + row * classes;                                                            \
      Index label = (Index)target[row];                                                                        \
      bool valid = label >= 0 && label < classes;                                                              \
      double before = 0;                                                                                       \
      for (Index c = threadIdx.x; valid && c < classes; c += THREADS) {                                        \
        bool tie = from[c] == from[label];                                                                     \
        bool wins = lower_first ? c < label : c > label;                                                       \
        before += (tie ? wins : !(from[c] < from[label])) ? 1 : 0;                                             \
      }                                                                                                        \
      double rank = block_sum(before);                                                                         \
      if (threadIdx.x == 0) correct[row] = valid && rank < k ? 1 : 0;                                          \
    }                                                                                                          \
  }

CORRECT_COUNT(i32, int)
CORRECT_COUNT(i64, long long)
CORRECT_COUNT(u8, unsigned char)

// One block: how many rows are right.
KERNEL correct_count_sum(Index rows, const double* correct, long long* count) {
  double part = 0;
  for (Index row = threadIdx.x; row < rows; row += THREADS) {
    part += correct[row];
  }
  double sum = block_sum(part);
  if (threadIdx.x == 0) *count = (long long)sum;
}
