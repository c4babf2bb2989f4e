// What every kernel of Kiln may use. REAL is the type that is computed with: float or double. ELEMENT is that of the
// elements in memory, which is the same or one of the types that are read as float.

typedef long long Index;

#define KERNEL extern "C" __global__ void

// The elements of one thread: the grid goes over all of them in steps of its own size.
__device__ inline Index first_element() { return (Index)blockIdx.x * blockDim.x + threadIdx.x; }
__device__ inline Index grid_size() { return (Index)gridDim.x * blockDim.x; }
#define FOR_EACH(i, count) for (Index i = first_element(); i < (count); i += grid_size())

// A number minus itself is 0 if it is finite, and not a number otherwise.
__device__ inline bool is_finite(REAL x) { return x - x == 0; }

// A loop over the elements of a shape, and where each lies in up to two operands with strides of their own: 0 along
// axes they are repeated over. The same structure is filled by StridedWalk.java.
#define MOST_AXES 8
#define MOST_OPERANDS 2
struct Walk {
  Index axes;
  Index dims[MOST_AXES];
  Index strides[MOST_OPERANDS][MOST_AXES];
};

// Where element i lies in an operand. Division of 32 bits is several times as fast as that of 64.
__device__ inline Index locate(const Walk& walk, int operand, Index i) {
  Index at = 0;
  if (i <= 0xffffffffLL) {
    unsigned rest = (unsigned)i;
    for (int axis = (int)walk.axes - 1; axis > 0; axis--) {
      unsigned dim = (unsigned)walk.dims[axis];
      unsigned quotient = rest / dim;
      at += (rest - quotient * dim) * walk.strides[operand][axis];
      rest = quotient;
    }
    return at + rest * walk.strides[operand][0];
  }
  Index rest = i;
  for (int axis = (int)walk.axes - 1; axis > 0; axis--) {
    Index quotient = rest / walk.dims[axis];
    at += (rest - quotient * walk.dims[axis]) * walk.strides[operand][axis];
    rest = quotient;
  }
  return at + rest * walk.strides[operand][0];
}

// The sum of every thread's value, in an order that never changes; all threads of the block get it.
#define THREADS 256
__device__ inline double block_sum(double value) {
  __shared__ double partial[THREADS];
  __syncthreads();
  partial[threadIdx.x] = value;
  __syncthreads();
  for (int width = THREADS / 2; width > 0; width /= 2) {
    if (threadIdx.x < width) {
      partial[threadIdx.x] += partial[threadIdx.x + width];
    }
    __syncthreads();
  }
  return partial[0];
}

// The largest of all threads' values; all threads of the block get it. What is not a number wins.
__device__ inline REAL block_max(REAL value) {
  __shared__ REAL partial[THREADS];
  __syncthreads();
  partial[threadIdx.x] = value;
  __syncthreads();
  for (int width = THREADS / 2; width > 0; width /= 2) {
    if (threadIdx.x < width) {
      REAL other = partial[threadIdx.x + width];
      if (!(other <= partial[threadIdx.x])) {
        partial[threadIdx.x] = other;
      }
    }
    __syncthreads();
  }
  return partial[0];
}

#define NOT_A_NUMBER (REAL(0) / REAL(0))
