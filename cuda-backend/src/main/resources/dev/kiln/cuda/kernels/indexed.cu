// Tables looked up by whole numbers. An index outside its range yields what is not a number.

#define INDEXED(name, type)                                                                                        \
  KERNEL embedding_##name(Index count, const type* indices, const ELEMENT* weight, ELEMENT* y, Index rows,         \
                          Index features) {                                                                        \
    FOR_EACH(i, count) {                                                                                           \
      Index row = (Index)indices[i / features];                                                                    \
      y[i] = row >= 0 && row < rows ? REAL(weight[row * features + i % features]) : NOT_A_NUMBER;                  \
    }                                                                                                              \
  }                                                                                                                \
  KERNEL one_hot_##name(Index count, const type* indices, ELEMENT* y, Index depth) {                               \
    FOR_EACH(i, count) {                                                                                           \
      Index index = (Index)indices[i / depth];                                                                     \
      REAL hot = i % depth == index ? REAL(1) : REAL(0);                                                           \
      y[i] = index >= 0 && index < depth ? hot : NOT_A_NUMBER;                                                     \
    }                                                                                                              \
  }                                                                                                                \
  /* A block for every place: that of a row's first place adds all of them, in their order. dweight is zero. */    \
  KERNEL embedding_grad_##name(Index places, const type* indices, const ELEMENT* dy, ELEMENT* dweight, Index rows, \
                               Index features) {                                                                   \
    __shared__ int used[THREADS];                                                                                  \
    __shared__ int any;                                                                                            \
    for (Index place = blockIdx.x; place < places; place += gridDim.x) {                                           \
      type row = indices[place];                                                                                   \
      bool earlier = (Index)row < 0 || (Index)row >= rows;                                                         \
      __syncthreads();                                                                                             \
      if (threadIdx.x == 0) any = earlier;                                                                         \
      __syncthreads();                                                                                             \
      for (Index i = threadIdx.x; i < place; i += THREADS) {                                                       \
        if (indices[i] == row) any = 1;                                                                            \
      }                                                                                                            \
      __syncthreads();                                                                                             \
      if (any) continue;                                                                                           \
      for (Index first = 0; first < features; first += THREADS) {                                                  \
        Index feature = first + threadIdx.x;                                                                       \
        double sum = 0;                                                                                            \
        for (Index begin = place; begin < places; begin += THREADS) {                                              \
          Index other = begin + threadIdx.x;                                                                       \
          __syncthreads();                                                                                         \
          used[threadIdx.x] = other < places && indices[other] == row;                                             \
          __syncthreads();                                                                                         \
          if (feature < features) {                                                                                \
            for (int i = 0; i < THREADS; i++) {                                                                    \
              if (used[i]) sum += dy[(begin + i) * features + feature];                                            \
            }                                                                                                      \
          }                                                                                                        \
        }                                                                                                          \
        if (feature < features) dweight[(Index)row * features + feature] = REAL(sum);                              \
      }                                                                                                            \
    }                                                                                                              \
  }

INDEXED(i32, int)
INDEXED(i64, long long)
INDEXED(u8, unsigned char)
