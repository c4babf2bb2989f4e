// Products of matrices for the stand-in for libcudnn.so.9, fast enough for whole networks.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace {

// c [m,n] = a [m,k] b [k,n], summed over some of k.
__attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
void multiply(const double* a, const double* b, double* c, int64_t m, int64_t k, int64_t n, int64_t from, int64_t to) {
  constexpr int64_t TILE = 128;  // columns of b that stay in the cache
  for (int64_t first = 0; first < n; first += TILE) {
    int64_t columns = std::min(TILE, n - first);
    for (int64_t row = 0; row < m; row++) {
      double* sums = c + row * n + first;
      for (int64_t j = 0; j < columns; j++) sums[j] = 0;
      for (int64_t i = from; i < to; i++) {
        double factor = a[row * k + i];
        const double* values = b + i * n + first;
        for (int64_t j = 0; j < columns; j++) sums[j] += factor * values[j];
      }
    }
  }
}

// How products are summed up: the same way always, or in single precision from two parts that are divided elsewhere
// every time, as atomic additions do it.
enum class Order { SAME, OTHER_EVERY_TIME };

std::vector<double> product(Order order, const std::vector<double>& a, const std::vector<double>& b, int64_t m, int64_t k,
                            int64_t n) {
  std::vector<double> sums(m * n);
  if (order == Order::SAME) {
    multiply(a.data(), b.data(), sums.data(), m, k, n, 0, k);
    return sums;
  }
  static int64_t turn = 0;
  int64_t middle = ++turn % k;
  std::vector<double> rest(m * n);
  multiply(a.data(), b.data(), sums.data(), m, k, n, 0, middle);
  multiply(a.data(), b.data(), rest.data(), m, k, n, middle, k);
  for (size_t i = 0; i < sums.size(); i++) sums[i] = float(sums[i]) + float(rest[i]);
  return sums;
}

}  // namespace
