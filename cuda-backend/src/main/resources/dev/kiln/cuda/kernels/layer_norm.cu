// Every row is normalized by its own mean and variance. A block for every row.

KERNEL layer_norm(Index rows, Index length, const ELEMENT* x, const ELEMENT* weight, const ELEMENT* bias, ELEMENT* y, ELEMENT* means,
                  ELEMENT* variances, double epsilon) {
  for (Index row = blockIdx.x; row < rows; row += gridDim.x) {
    const ELEMENT* from = x + row * length;
    double part = 0;
    for (Index i = threadIdx.x; i < length; i += THREADS) {
      part += from[i];
    }
    double mean = block_sum(part) / length;
    part = 0;
    for (Index i = threadIdx.x; i < length; i += THREADS) {
      part += (from[i] - mean) * (from[i] - mean);
    }
    double variance = block_sum(part) / length;
    double inverse = 1 / sqrt(variance + epsilon);
    for (Index i = threadIdx.x; i < length; i += THREADS) {
      y[row * length + i] = REAL((from[i] - mean) * inverse * weight[i] + bias[i]);
    }
    if (threadIdx.x == 0) {
      means[row] = REAL(mean);
      variances[row] = REAL(variance);
    }
  }
}

// With n the normalized value and g = dy weight: dx = (g - mean(g) - n mean(g n)) / deviation.
KERNEL layer_norm_input_grad(Index rows, Index length, const ELEMENT* x, const ELEMENT* weight, const ELEMENT* means,
                             const ELEMENT* variances, const ELEMENT* dy, ELEMENT* dx, double epsilon) {
  for (Index row = blockIdx.x; row < rows; row += gridDim.x) {
    Index start = row * length;
    double mean = means[row];
    double inverse = 1 / sqrt(variances[row] + epsilon);
    double part = 0, part_product = 0;
    for (Index i = threadIdx.x; i < length; i += THREADS) {
      double scaled = (double)dy[start + i] * weight[i];
      part += scaled;
      part_product += scaled * (x[start + i] - mean) * inverse;
    }
    double sum = block_sum(part) / length;
    double product = block_sum(part_product) / length;
    for (Index i = threadIdx.x; i < length; i += THREADS) {
      double normalized = (x[start + i] - mean) * inverse;
      dx[start + i] = REAL(((double)dy[start + i] * weight[i] - sum - normalized * product) * inverse);
    }
  }
}

// The sums over all rows, for 32 columns in a block.
#define COLUMNS 32
#define LANES (THREADS / COLUMNS)
KERNEL layer_norm_parameter_grad(Index rows, Index length, const ELEMENT* x, const ELEMENT* means, const ELEMENT* variances,
                                 const ELEMENT* dy, ELEMENT* dweight, ELEMENT* dbias, double epsilon) {
  __shared__ double weights[THREADS];
  __shared__ double biases[THREADS];
  Index lane = threadIdx.x / COLUMNS;
  for (Index first = (Index)blockIdx.x * COLUMNS; first < length; first += (Index)gridDim.x * COLUMNS) {
    Index column = first + threadIdx.x % COLUMNS;
    double weight = 0, bias = 0;
    if (column < length) {
      for (Index row = lane; row < rows; row += LANES) {
        double upstream = dy[row * length + column];
        weight += upstream * (x[row * length + column] - (double)means[row]) / sqrt(variances[row] + epsilon);
        bias += upstream;
      }
    }
    __syncthreads();
    weights[threadIdx.x] = weight;
    biases[threadIdx.x] = bias;
    __syncthreads();
    if (lane == 0 && column < length) {
      for (int other = 1; other < LANES; other++) {
        weight += weights[other * COLUMNS + threadIdx.x];
        bias += biases[other * COLUMNS + threadIdx.x];
      }
      dweight[column] = REAL(weight);
      dbias[column] = REAL(bias);
    }
  }
}
