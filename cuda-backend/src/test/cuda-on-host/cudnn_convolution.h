// Convolutions, computed as products of filters with patches of the image: what the stand-in for libcudnn.so.9 answers its
// calls for them with.
#pragma once

#include <vector>

#include "cudnn.h"
#include "products.h"

namespace dnn {

// Those that there are, by the numbers that calls take.
enum Algorithm { UNREPEATABLE = 0, PLAIN = 1, IN_WORKSPACE = 3, ALGORITHMS = 4 };

// n filters of c channels.
using Filters = Tensor;

struct Convolution {
  int64_t padH = 0, padW = 0, strideH = 0, strideW = 0, dilationH = 0, dilationW = 0;
  int type = -1, groups = 1, math = DEFAULT_MATH;
};

// A convolution of tensors whose shapes fit.
struct Shapes {
  Convolution conv;
  Tensor x, y;
  Filters w;

  static int64_t extent(int64_t in, int64_t pad, int64_t dilation, int64_t kernel, int64_t stride) {
    return (in + 2 * pad - dilation * (kernel - 1) - 1) / stride + 1;
  }

  bool fit() const {
    return x.type == w.type && y.type == w.type && x.format == w.format && y.format == w.format &&
           conv.type == accumulator(w.type) && conv.strideH > 0 && x.n == y.n &&
           x.c == w.c * conv.groups && w.n % conv.groups == 0 && y.c == w.n &&
           y.h == extent(x.h, conv.padH, conv.dilationH, w.h, conv.strideH) &&
           y.w == extent(x.w, conv.padW, conv.dilationW, w.w, conv.strideW) &&
           is_math(conv.math, x.type);
  }

  // None of the algorithms takes dilated filters with the channels last: then rows must do.
  bool has_algorithm(int algorithm) const {
    return algorithm < ALGORITHMS && (x.format == NCHW || (conv.dilationH == 1 && conv.dilationW == 1));
  }

  size_t workspace(int algorithm) const {
    return algorithm == IN_WORKSPACE ? w.count() * bytes_of(w.type) + 100 : 0;
  }

  int64_t rows() const { return w.c * w.h * w.w; }                // of a patch of the image that a filter meets
  int64_t places() const { return y.n * y.h * y.w; }              // where it meets one
  int64_t filters() const { return w.n / conv.groups; }           // of one group

  // Calls something for every element of a patch that lies in the image: its row, its place, and where it lies.
  template <class Call>
  void for_each_in_patches(int64_t group, Call call) const {
    for (int64_t c = 0; c < w.c; c++)
      for (int64_t kh = 0; kh < w.h; kh++)
        for (int64_t kw = 0; kw < w.w; kw++)
          for (int64_t n = 0; n < y.n; n++)
            for (int64_t oh = 0; oh < y.h; oh++) {
              int64_t h = oh * conv.strideH - conv.padH + kh * conv.dilationH;
              if (h < 0 || h >= x.h) continue;
              int64_t row = (c * w.h + kh) * w.w + kw, place = (n * y.h + oh) * y.w, at = x.at(n, group * w.c + c, h, 0);
              for (int64_t ow = 0; ow < y.w; ow++) {
                int64_t column = ow * conv.strideW - conv.padW + kw * conv.dilationW;
                if (column >= 0 && column < x.w) call(row, place + ow, at + column * x.step());
              }
            }
  }

  // Calls something for every weight of a group: its filter there, its row, and where it lies.
  template <class Call>
  void for_each_weight(int64_t group, Call call) const {
    for (int64_t k = 0; k < filters(); k++)
      for (int64_t c = 0; c < w.c; c++)
        for (int64_t kh = 0; kh < w.h; kh++)
          for (int64_t kw = 0; kw < w.w; kw++)
            call(k, (c * w.h + kh) * w.w + kw, w.at(group * filters() + k, c, kh, kw));
  }

  // Calls something for every element of a group's result: its filter in the group, its place, and where it lies.
  template <class Call>
  void for_each_result(int64_t group, Call call) const {
    int64_t image = y.h * y.w;
    for (int64_t k = 0; k < filters(); k++)
      for (int64_t n = 0; n < y.n; n++)
        for (int64_t i = 0; i < image; i++) call(k, n * image + i, y.at(n, group * filters() + k, 0, 0) + i * y.step());
  }
};

// The operands of a call, checked, and which of them is the result.
struct Work {
  Shapes shapes;
  const void *x, *w, *y;
  const char* call;

  bool is_sound() const {
    return shapes.fit() && lies_at(x, shapes.x, call) && lies_at(y, shapes.y, call) &&
           lie_at(w, shapes.w.count(), shapes.w.type, call);
  }
};

enum Pass { FORWARD, INPUT_GRAD, WEIGHT_GRAD };

// A convolution, or one of its gradients, of one group after the other, with the patches of the image laid out.
template <class T>
std::vector<double> convolve(Pass pass, int algorithm, const Work& work, int64_t count) {
  const Shapes& of = work.shapes;
  auto *x = static_cast<const T*>(work.x), *w = static_cast<const T*>(work.w), *y = static_cast<const T*>(work.y);
  bool tf32 = of.x.type == FLOAT && of.conv.math == DEFAULT_MATH;
  auto factor = [tf32](double value) { return tf32 ? low::tf32(value) : value; };
  Order order = algorithm == UNREPEATABLE ? Order::OTHER_EVERY_TIME : Order::SAME;
  int64_t rows = of.rows(), places = of.places(), filters = of.filters();
  std::vector<double> result(count);
  for (int64_t group = 0; group < of.conv.groups; group++) {
    std::vector<double> weights, patches, results;
    if (pass != WEIGHT_GRAD) {
      weights.resize(filters * rows);
      of.for_each_weight(group, [&](int64_t k, int64_t row, int64_t at) {
        weights[pass == FORWARD ? k * rows + row : row * filters + k] = factor(w[at]);
      });
    }
    if (pass != INPUT_GRAD) {
      patches.resize(rows * places);
      of.for_each_in_patches(group, [&](int64_t row, int64_t place, int64_t at) {
        patches[pass == FORWARD ? row * places + place : place * rows + row] = factor(x[at]);
      });
    }
    if (pass != FORWARD) {
      results.resize(filters * places);
      of.for_each_result(group, [&](int64_t k, int64_t place, int64_t at) { results[k * places + place] = factor(y[at]); });
    }
    switch (pass) {
      case FORWARD:  // [K,R] [R,P] -> [K,P]
        results = product(order, weights, patches, filters, rows, places);
        of.for_each_result(group, [&](int64_t k, int64_t place, int64_t at) { result[at] = results[k * places + place]; });
        break;
      case INPUT_GRAD:  // [R,K] [K,P] -> [R,P]
        patches = product(order, weights, results, rows, filters, places);
        of.for_each_in_patches(group, [&](int64_t row, int64_t place, int64_t at) { result[at] += patches[row * places + place]; });
        break;
      case WEIGHT_GRAD:  // [K,P] [P,R] -> [K,R]
        weights = product(order, results, patches, filters, places, rows);
        of.for_each_weight(group, [&](int64_t k, int64_t row, int64_t at) { result[at] = weights[k * rows + row]; });
        break;
    }
  }
  return result;
}

}  // namespace dnn
