// The stand-in for libcublas.so.12: matrix products by three loops.

#include <cstdint>
#include <type_traits>

#include "host.h"
#include "low.h"

namespace {

enum Status { SUCCESS = 0, NOT_INITIALIZED = 1, INVALID_VALUE = 7, NOT_SUPPORTED = 15 };
enum Type { FLOAT = 0, DOUBLE = 1, HALF = 2, BFLOAT16 = 14 };
enum Math { DISALLOW_REDUCED_PRECISION_REDUCTION = 16 };
enum Compute { COMPUTE_FLOAT = 68, COMPUTE_DOUBLE = 70, COMPUTE_TF32 = 77 };

struct Handle {
  host::Stream* stream = nullptr;
  size_t workspace = 0;
  int math = 0;
};

// A column-major matrix, possibly to be read transposed.
template <class T>
struct Matrix {
  T* data;
  int64_t leading;
  bool transposed;

  T& at(int64_t row, int64_t column) const {
    return transposed ? data[column + row * leading] : data[row + column * leading];
  }
};

// What a product takes of a factor.
struct Exact {
  double operator()(double value) const { return value; }
};
struct Tf32 {
  double operator()(double value) const { return low::tf32(value); }
};

template <class T, class Factor>
void multiply(Matrix<const T> a, Matrix<const T> b, Matrix<T> c, int m, int n, int k, double alpha, double beta,
              Factor factor) {
  for (int column = 0; column < n; column++) {
    for (int row = 0; row < m; row++) {
      double sum = 0;
      for (int i = 0; i < k; i++) sum += factor(a.at(row, i)) * factor(b.at(i, column));
      T& target = c.at(row, column);
      target = T(alpha * sum + (beta == 0 ? 0 : beta * target));
    }
  }
}

bool is_aligned(const void* pointer, size_t bytes) { return uintptr_t(pointer) % bytes == 0; }

// The bytes from the first to the last element of a batch of matrices.
size_t extent(int rows, int columns, int leading, long long stride, int batch, size_t element) {
  return ((batch - 1) * stride + int64_t(columns - 1) * leading + rows) * element;
}

template <class T, class Factor>
Status product(Handle* handle, bool transposeA, bool transposeB, int m, int n, int k, const void* alpha,
               const void* A, int lda, long long strideA, const void* B, int ldb, long long strideB,
               const void* beta, void* C, int ldc, long long strideC, int batch, Factor factor) {
  using Scalar = std::conditional_t<sizeof(T) == sizeof(double), double, float>;
  int rowsA = transposeA ? k : m, rowsB = transposeB ? n : k;
  if (m < 1 || n < 1 || k < 1 || batch < 1 || lda < rowsA || ldb < rowsB || ldc < m) return INVALID_VALUE;
  if (!is_aligned(A, sizeof(T)) || !is_aligned(B, sizeof(T)) || !is_aligned(C, sizeof(T))) return INVALID_VALUE;
  const char* use = "cublasGemmStridedBatchedEx";
  bool inside =
      host::is_device_memory(A, extent(rowsA, transposeA ? m : k, lda, strideA, batch, sizeof(T)), use) &&
      host::is_device_memory(B, extent(rowsB, transposeB ? k : n, ldb, strideB, batch, sizeof(T)), use) &&
      host::is_device_memory(C, extent(m, n, ldc, strideC, batch, sizeof(T)), use);
  if (!inside) return INVALID_VALUE;
  // Scalars in host memory are read by the call itself.
  double alphaValue = *static_cast<const Scalar*>(alpha), betaValue = *static_cast<const Scalar*>(beta);
  auto *a = static_cast<const T*>(A), *b = static_cast<const T*>(B);
  auto* c = static_cast<T*>(C);
  host::enqueue(handle->stream, [=] {
    for (int i = 0; i < batch; i++) {
      multiply<T, Factor>({a + i * strideA, lda, transposeA}, {b + i * strideB, ldb, transposeB},
                  {c + i * strideC, ldc, false}, m, n, k, alphaValue, betaValue, factor);
    }
  });
  return SUCCESS;
}

}  // namespace

extern "C" {

int cublasCreate_v2(Handle** handle) {
  if (int status = host::wanted_failure(__func__)) return status;
  *handle = new Handle;
  host::created("cuBLAS handle");
  return SUCCESS;
}

int cublasDestroy_v2(Handle* handle) {
  delete handle;
  host::destroyed("cuBLAS handle");
  return SUCCESS;
}

int cublasSetStream_v2(Handle* handle, host::Stream* stream) {
  handle->stream = stream;
  handle->workspace = 0;  // as the library does
  return SUCCESS;
}

int cublasSetMathMode(Handle* handle, int math) {
  handle->math = math;
  return SUCCESS;
}

int cublasSetWorkspace_v2(Handle* handle, void* workspace, size_t bytes) {
  if (!host::is_device_memory(workspace, bytes, "cublasSetWorkspace")) return INVALID_VALUE;
  handle->workspace = bytes;
  return SUCCESS;
}

int cublasGetVersion_v2(Handle*, int* version) {
  *version = 120604;
  return SUCCESS;
}

const char* cublasGetStatusString(int status) {
  switch (status) {
    case NOT_INITIALIZED: return "the library was not initialized";
    case INVALID_VALUE: return "an unsupported value or parameter was passed to the function";
    case NOT_SUPPORTED: return "the functionality requested is not supported";
    default: return "unknown status";
  }
}

int cublasGemmStridedBatchedEx(Handle* handle, int transposeA, int transposeB, int m, int n, int k,
                               const void* alpha, const void* A, int typeA, int lda, long long strideA,
                               const void* B, int typeB, int ldb, long long strideB, const void* beta, void* C,
                               int typeC, int ldc, long long strideC, int batch, int compute, int) {
  if (int status = host::wanted_failure(__func__)) return status;
  if (!handle->stream) return NOT_INITIALIZED;
  if (handle->workspace == 0) host::violation("cuBLAS without a workspace would allocate one");
  if ((typeA == HALF || typeA == BFLOAT16) && !(handle->math & DISALLOW_REDUCED_PRECISION_REDUCTION)) {
    host::violation("cuBLAS may add up products of a low type in that type");
  }
  if (typeA != typeB || typeA != typeC) return NOT_SUPPORTED;
  auto run = [&](auto zero, auto factor) {
    return product<decltype(zero)>(handle, transposeA, transposeB, m, n, k, alpha, A, lda, strideA, B, ldb, strideB,
                                   beta, C, ldc, strideC, batch, factor);
  };
  if (typeA == FLOAT && compute == COMPUTE_FLOAT) return run(float(0), Exact());
  if (typeA == FLOAT && compute == COMPUTE_TF32) return run(float(0), Tf32());
  if (typeA == DOUBLE && compute == COMPUTE_DOUBLE) return run(double(0), Exact());
  if (typeA == HALF && compute == COMPUTE_FLOAT) return run(low::Half(0), Exact());
  if (typeA == BFLOAT16 && compute == COMPUTE_FLOAT) return run(low::BFloat16(0), Exact());
  return NOT_SUPPORTED;
}

}  // extern "C"
