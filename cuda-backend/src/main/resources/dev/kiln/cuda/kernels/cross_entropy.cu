// Softmax, logarithm and the choice of the label in one, without overflow.

#define IGNORED (-100)

#define CROSS_ENTROPY(name, type)                                                                                   \
  /* A block for every row: the probabilities, the row's loss, and whether it counts. */                            \
  KERNEL cross_entropy_rows_##name(Index rows, Index classes, const ELEMENT* logits, const type* target,            \
                                   ELEMENT* probabilities, double* losses, double* counts, double smoothing) {      \
    for (Index row = blockIdx.x; row < rows; row += gridDim.x) {                                                    \
      const ELEMENT* from = logits + row * classes;                                                                 \
      REAL largest = from[0];                                                                                       \
      for (Index c = threadIdx.x; c < classes; c += THREADS) {                                                      \
        if (!(from[c] <= largest)) largest = from[c];                                                               \
      }                                                                                                             \
      largest = block_max(largest);                                                                                 \
      double part = 0, partDistance = 0;                                                                            \
      for (Index c = threadIdx.x; c < classes; c += THREADS) {                                                      \
        part += exp(from[c] - largest);                                                                             \
        partDistance += (double)largest - from[c];                                                                  \
      }                                                                                                             \
      double sum = block_sum(part);                                                                                 \
      double distances = block_sum(partDistance);                                                                   \
      for (Index c = threadIdx.x; c < classes; c += THREADS) {                                                      \
        probabilities[row * classes + c] = REAL(exp(from[c] - largest) / sum);                                      \
      }                                                                                                             \
      if (threadIdx.x == 0) {                                                                                       \
        Index label = (Index)target[row];                                                                           \
        bool counts_in = label != IGNORED, valid = label >= 0 && label < classes;                                   \
        double loss = 0;                                                                                            \
        if (counts_in) {                                                                                            \
          double log_sum = log(sum);                                                                                \
          double on_label = valid ? (double)largest - from[label] + log_sum : (double)NOT_A_NUMBER;                 \
          double on_all = distances + classes * log_sum;                                                            \
          loss = smoothing == 0 ? on_label : (1 - smoothing) * on_label + smoothing / classes * on_all;             \
        }                                                                                                           \
        losses[row] = loss;                                                                                         \
        counts[row] = counts_in ? 1 : 0;                                                                            \
      }                                                                                                             \
    }                                                                                                               \
  }                                                                                                                 \
  /* One block: how many rows count. */                                                                             \
  KERNEL cross_entropy_count_##name(Index rows, const type* target, double* count) {                                \
    double part = 0;                                                                                                \
    for (Index row = threadIdx.x; row < rows; row += THREADS) {                                                     \
      part += (Index)target[row] != IGNORED ? 1 : 0;                                                                \
    }                                                                                                               \
    double sum = block_sum(part);                                                                                   \
    if (threadIdx.x == 0) *count = sum;                                                                             \
  }                                                                                                                 \
  KERNEL cross_entropy_grad_##name(Index elements, Index classes, const ELEMENT* probabilities,                     \
                                   const type* target, const ELEMENT* dloss, const double* count, ELEMENT* dlogits, \
                                   double smoothing) {                                                              \
    double share = *dloss / (*count > 1 ? *count : 1);                                                              \
    FOR_EACH(i, elements) {                                                                                         \
      Index label = (Index)target[i / classes], c = i % classes;                                                    \
      bool valid = label >= 0 && label < classes;                                                                   \
      double wanted = smoothing / classes + (c == label ? 1 - smoothing : 0);                                       \
      double scale = label == IGNORED ? 0 : valid ? share : (double)NOT_A_NUMBER;                                   \
      dlogits[i] = scale == 0 ? REAL(0) : REAL(scale * (probabilities[i] - wanted));                                \
    }                                                                                                               \
  }

CROSS_ENTROPY(i32, int)
CROSS_ENTROPY(i64, long long)
CROSS_ENTROPY(u8, unsigned char)

// One block: the mean over the rows that count.
KERNEL cross_entropy_mean(Index rows, const double* losses, const double* counts, ELEMENT* loss) {
  double part = 0, part_count = 0;
  for (Index row = threadIdx.x; row < rows; row += THREADS) {
    part += losses[row];
    part_count += counts[row];
  }
  double sum = block_sum(part);
  double count = block_sum(part_count);
  if (threadIdx.x == 0) *loss = count == 0 ? REAL(0) : REAL(sum / count);
}
