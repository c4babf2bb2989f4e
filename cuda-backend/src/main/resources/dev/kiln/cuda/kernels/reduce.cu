// Sums over some axes, in double, in an order that never changes: no atomics. Output o is the sum of the elements at
// places kept(o) + reduced(r) for all r below length. Each output may be divided into parts, which a second kernel adds.

// Writes a sum where it belongs: the result itself if it is whole.
__device__ inline void put(ELEMENT* y, double* partial, Index parts, Index at, double sum, double divisor) {
  if (parts == 1) {
    y[at] = REAL(sum / divisor);
  } else {
    partial[at] = sum;
  }
}

// Neighbouring elements belong to the same output: a block adds the elements of one part of an output.
KERNEL reduce_rows(Index outputs, Index length, Index parts, const ELEMENT* x, ELEMENT* y, double* partial, Walk kept,
                   Walk reduced, double divisor) {
  Index share = (length + parts - 1) / parts;
  for (Index at = blockIdx.x; at < outputs * parts; at += gridDim.x) {
    Index output = at % outputs, part = at / outputs;
    Index end = (part + 1) * share < length ? (part + 1) * share : length;
    const ELEMENT* from = x + locate(kept, 0, output);
    double sum = 0;
    for (Index r = part * share + threadIdx.x; r < end; r += THREADS) {
      sum += from[locate(reduced, 0, r)];
    }
    sum = block_sum(sum);
    if (threadIdx.x == 0) {
      put(y, partial, parts, at, sum, divisor);
    }
  }
}

// Neighbouring elements belong to neighbouring outputs: a block adds the elements of one part of 32 outputs.
#define COLUMNS 32
#define LANES (THREADS / COLUMNS)
KERNEL reduce_columns(Index outputs, Index length, Index parts, const ELEMENT* x, ELEMENT* y, double* partial, Walk kept,
                      Walk reduced, double divisor) {
  __shared__ double sums[THREADS];
  Index share = (length + parts - 1) / parts;
  Index groups = (outputs + COLUMNS - 1) / COLUMNS;
  Index column = threadIdx.x % COLUMNS, lane = threadIdx.x / COLUMNS;
  for (Index task = blockIdx.x; task < groups * parts; task += gridDim.x) {
    Index output = task % groups * COLUMNS + column, part = task / groups;
    Index end = (part + 1) * share < length ? (part + 1) * share : length;
    double sum = 0;
    if (output < outputs) {
      const ELEMENT* from = x + locate(kept, 0, output);
      for (Index r = part * share + lane; r < end; r += LANES) {
        sum += from[locate(reduced, 0, r)];
      }
    }
    __syncthreads();
    sums[threadIdx.x] = sum;
    __syncthreads();
    if (lane == 0 && output < outputs) {
      for (int other = 1; other < LANES; other++) {
        sum += sums[other * COLUMNS + column];
      }
      put(y, partial, parts, part * outputs + output, sum, divisor);
    }
  }
}

KERNEL reduce_parts(Index outputs, Index parts, const double* partial, ELEMENT* y, double divisor) {
  FOR_EACH(output, outputs) {
    double sum = 0;
    for (Index part = 0; part < parts; part++) {
      sum += partial[part * outputs + output];
    }
    y[output] = REAL(sum / divisor);
  }
}
