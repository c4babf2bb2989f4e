// A recurrent stack over sequences of one length, computed one number at a time, in doubles: what the stand-in for
// libcudnn.so.9 answers its recurrent calls with.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "cudnn.h"

namespace dnn {

enum Cell { RELU = 0, TANH = 1, LSTM = 2, GRU = 3 };

struct Data {
  int type = -1;
  int64_t steps = 0, batch = 0, width = 0;

  int64_t count() const { return steps * batch * width; }
};

struct Rnn {
  int cell = -1, type = -1;
  int64_t directions = 0, features = 0, hidden = 0, layers = 0;

  int64_t gates() const { return cell == LSTM ? 4 : cell == GRU ? 3 : 1; }
  int64_t rows() const { return gates() * hidden; }
  int64_t width() const { return directions * hidden; }
  int64_t in(int64_t layer) const { return layer == 0 ? features : width(); }

  // Where the input's matrix (0), the state's (1) and their biases (2, 3) of a layer and direction begin.
  int64_t weight(int64_t layer, int64_t direction, int kind) const {
    int64_t at = 0;
    for (int64_t l = 0; l < layers; l++)
      for (int64_t d = 0; d < directions; d++) {
        if (l == layer && d == direction && kind < 2) return at + (kind == 1 ? rows() * in(l) : 0);
        at += rows() * (in(l) + hidden);
      }
    return at + ((layer * directions + direction) * 2 + kind - 2) * rows();
  }
  int64_t weights() const { return weight(layers - 1, directions - 1, 3) + rows(); }
};

// What is kept of one step of one sequence, in doubles: activated gates, state, the memory or the state's product for n,
// and the gradients of what goes to the input's product and to the state's.
struct Reserve {
  Rnn rnn;
  int64_t batch, steps;
  double* data;

  int64_t stride() const { return 3 * rnn.rows() + 2 * rnn.hidden; }
  size_t bytes() const { return (1 + rnn.layers * rnn.directions * batch * steps * stride()) * sizeof(double); }
  // What was done last: 1 the forward pass, 2 the gradient of the data.
  double& state() const { return data[0]; }
  double* gates(int64_t l, int64_t d, int64_t n, int64_t t) const {
    return data + 1 + (((l * rnn.directions + d) * batch + n) * steps + t) * stride();
  }
  double* h(int64_t l, int64_t d, int64_t n, int64_t t) const { return gates(l, d, n, t) + rnn.rows(); }
  double* extra(int64_t l, int64_t d, int64_t n, int64_t t) const { return h(l, d, n, t) + rnn.hidden; }
  double* to_input(int64_t l, int64_t d, int64_t n, int64_t t) const { return extra(l, d, n, t) + rnn.hidden; }
  double* to_state(int64_t l, int64_t d, int64_t n, int64_t t) const { return to_input(l, d, n, t) + rnn.rows(); }
  int64_t time(int64_t d, int64_t turn) const { return d == 0 ? turn : steps - 1 - turn; }
};

inline double logistic(double x) { return 1 / (1 + std::exp(-x)); }

// A stack with everything that a call was given.
template <class T>
struct Pass {
  Rnn rnn;
  Reserve reserve;
  const T *x, *weights, *hx, *cx;

  int64_t batch() const { return reserve.batch; }
  int64_t steps() const { return reserve.steps; }
  int64_t state(int64_t l, int64_t d, int64_t n) const { return ((l * rnn.directions + d) * batch() + n) * rnn.hidden; }
  double input(int64_t l, int64_t n, int64_t t, int64_t i) const {
    if (l == 0) return x[(n * steps() + t) * rnn.features + i];
    return reserve.h(l - 1, i / rnn.hidden, n, t)[i % rnn.hidden];
  }
  double before(int64_t l, int64_t d, int64_t n, int64_t turn, int64_t k) const {
    if (turn > 0) return reserve.h(l, d, n, reserve.time(d, turn - 1))[k];
    return hx ? double(hx[state(l, d, n) + k]) : 0;
  }
  double memory(int64_t l, int64_t d, int64_t n, int64_t turn, int64_t k) const {
    if (turn > 0) return reserve.extra(l, d, n, reserve.time(d, turn - 1))[k];
    return cx ? double(cx[state(l, d, n) + k]) : 0;
  }
  const T* weight(int64_t l, int64_t d, int kind) const { return weights + rnn.weight(l, d, kind); }

  void step(int64_t l, int64_t d, int64_t n, int64_t turn) const {
    int64_t t = reserve.time(d, turn), H = rnn.hidden, in = rnn.in(l);
    std::vector<double> a(rnn.rows()), b(rnn.rows());
    for (int64_t r = 0; r < rnn.rows(); r++) {
      a[r] = weight(l, d, 2)[r];
      b[r] = weight(l, d, 3)[r];
      for (int64_t i = 0; i < in; i++) a[r] += weight(l, d, 0)[r * in + i] * input(l, n, t, i);
      for (int64_t i = 0; i < H; i++) b[r] += weight(l, d, 1)[r * H + i] * before(l, d, n, turn, i);
    }
    double *g = reserve.gates(l, d, n, t), *h = reserve.h(l, d, n, t), *e = reserve.extra(l, d, n, t);
    for (int64_t k = 0; k < H; k++) {
      switch (rnn.cell) {
        case RELU: g[k] = h[k] = std::fmax(0, a[k] + b[k]); break;
        case TANH: g[k] = h[k] = std::tanh(a[k] + b[k]); break;
        case LSTM: {
          for (int gate : {0, 1, 3}) g[gate * H + k] = logistic(a[gate * H + k] + b[gate * H + k]);
          g[2 * H + k] = std::tanh(a[2 * H + k] + b[2 * H + k]);
          e[k] = g[H + k] * memory(l, d, n, turn, k) + g[k] * g[2 * H + k];
          h[k] = g[3 * H + k] * std::tanh(e[k]);
          break;
        }
        case GRU:
          for (int gate : {0, 1}) g[gate * H + k] = logistic(a[gate * H + k] + b[gate * H + k]);
          e[k] = b[2 * H + k];
          g[2 * H + k] = std::tanh(a[2 * H + k] + g[k] * e[k]);
          h[k] = (1 - g[H + k]) * g[2 * H + k] + g[H + k] * before(l, d, n, turn, k);
          break;
      }
    }
  }

  // Turns the gradients of state and memory into those of the gates and of the previous state and memory.
  void step_back(int64_t l, int64_t d, int64_t n, int64_t turn, std::vector<double>& dh, std::vector<double>& dc) const {
    int64_t t = reserve.time(d, turn), H = rnn.hidden;
    const double *g = reserve.gates(l, d, n, t), *e = reserve.extra(l, d, n, t);
    double *toInput = reserve.to_input(l, d, n, t), *toState = reserve.to_state(l, d, n, t);
    for (int64_t k = 0; k < H; k++) {
      double direct = 0;
      switch (rnn.cell) {
        case RELU: toInput[k] = g[k] > 0 ? dh[k] : 0; break;
        case TANH: toInput[k] = dh[k] * (1 - g[k] * g[k]); break;
        case LSTM: {
          double i = g[k], f = g[H + k], c = g[2 * H + k], o = g[3 * H + k], squashed = std::tanh(e[k]);
          dc[k] += dh[k] * o * (1 - squashed * squashed);
          toInput[k] = dc[k] * c * i * (1 - i);
          toInput[H + k] = dc[k] * memory(l, d, n, turn, k) * f * (1 - f);
          toInput[2 * H + k] = dc[k] * i * (1 - c * c);
          toInput[3 * H + k] = dh[k] * squashed * o * (1 - o);
          dc[k] *= f;
          break;
        }
        case GRU: {
          double r = g[k], z = g[H + k], c = g[2 * H + k];
          toInput[2 * H + k] = dh[k] * (1 - z) * (1 - c * c);
          toInput[k] = toInput[2 * H + k] * e[k] * r * (1 - r);
          toInput[H + k] = dh[k] * (before(l, d, n, turn, k) - c) * z * (1 - z);
          direct = dh[k] * z;
          break;
        }
      }
      dh[k] = direct;
    }
    std::copy_n(toInput, rnn.rows(), toState);
    for (int64_t k = 0; rnn.cell == GRU && k < H; k++) toState[2 * H + k] *= g[k];
    for (int64_t r = 0; r < rnn.rows(); r++)
      for (int64_t k = 0; k < H; k++) dh[k] += toState[r] * weight(l, d, 1)[r * H + k];
  }

  template <class Call>
  void for_each_sequence(int64_t l, Call call) const {
    for (int64_t d = 0; d < rnn.directions; d++)
      for (int64_t n = 0; n < batch(); n++) call(d, n);
  }
};

}  // namespace dnn
