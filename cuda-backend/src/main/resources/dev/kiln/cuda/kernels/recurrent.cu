// One step of a recurrent layer in one direction, forwards and backwards; see dev.kiln.op.Recurrent for the equations.
// Everything lies sequence by sequence: [N, T, ...]. A sequence takes its turns from its own first step, or backwards
// from its own last; when its turns are over its state stays as it is.

// The sizes, and which turn of which direction it is. The same structure is filled by RecurrentShape.java.
struct Step {
  Index batch, steps, hidden;
  Index width;     // of the layer's states in both directions
  Index column;    // where this direction begins among them
  Index reversed;  // 1 in the backward direction
  Index turn;
};

// The steps of a sequence; 0 if the length given is none.
__device__ inline Index length_of(const long long* lengths, Index sequence, Index steps) {
  if (lengths == 0) {
    return steps;
  }
  Index length = lengths[sequence];
  return length >= 1 && length <= steps ? length : 0;
}

__device__ inline REAL logistic(REAL x) { return 1 / (1 + exp(-x)); }

// For every element of the state [N, hidden] whose sequence takes this turn: the row of [N * T, ...] that it works on.
#define FOR_EACH_STATE(otherwise)                                                  \
  FOR_EACH(i, count) {                                                             \
    Index n = i / step.hidden, k = i % step.hidden, H = step.hidden;               \
    Index length = length_of(lengths, n, step.steps);                              \
    if (step.turn >= length) {                                                     \
      otherwise;                                                                   \
      continue;                                                                    \
    }                                                                              \
    Index row = n * step.steps + (step.reversed ? length - 1 - step.turn : step.turn);

#define END_FOR_EACH_STATE }

// gates [N, T, G * hidden]: the input's product, then activated; product [N, G * hidden]: the state's; extra [N, T, hidden].
#define FORWARD(cell)                                                                                               \
  KERNEL recurrent_##cell(Index count, Step step, const long long* lengths, ELEMENT* gates, const ELEMENT* product, \
                          const ELEMENT* bias_ih, const ELEMENT* bias_hh, ELEMENT* h, ELEMENT* c, ELEMENT* extra, ELEMENT* states)

// The sum of both products for gate g.
#define GATE(g) (gate[(g) * H] + bias_ih[(g) * H + k] + from_state[(g) * H] + bias_hh[(g) * H + k])

#define PLAIN(cell, activation)                           \
  FORWARD(cell) {                                         \
    FOR_EACH_STATE()                                      \
      ELEMENT* gate = gates + row * H + k;                \
      const ELEMENT* from_state = product + n * H + k;    \
      REAL sum = GATE(0);                                 \
      REAL state = activation;                            \
      gate[0] = state;                                    \
      h[i] = state;                                       \
      states[row * step.width + step.column + k] = state; \
    END_FOR_EACH_STATE                                    \
  }

PLAIN(rnn_tanh, tanh(sum))
PLAIN(rnn_relu, sum < 0 ? REAL(0) : sum)

// Gates i f g o; the extra vector is the memory.
FORWARD(lstm) {
  FOR_EACH_STATE()
    ELEMENT* gate = gates + row * 4 * H + k;
    const ELEMENT* from_state = product + n * 4 * H + k;
    REAL input = logistic(GATE(0)), forget = logistic(GATE(1)), candidate = tanh(GATE(2)), out = logistic(GATE(3));
    REAL memory = forget * c[i] + input * candidate;
    REAL state = out * tanh(memory);
    gate[0] = input;
    gate[H] = forget;
    gate[2 * H] = candidate;
    gate[3 * H] = out;
    extra[row * H + k] = memory;
    c[i] = memory;
    h[i] = state;
    states[row * step.width + step.column + k] = state;
  END_FOR_EACH_STATE
}

// Gates r z n; the extra vector is the state's product for n.
FORWARD(gru) {
  FOR_EACH_STATE()
    ELEMENT* gate = gates + row * 3 * H + k;
    const ELEMENT* from_state = product + n * 3 * H + k;
    REAL reset = logistic(GATE(0)), update = logistic(GATE(1));
    REAL recurrent = from_state[2 * H] + bias_hh[2 * H + k];
    REAL candidate = tanh(gate[2 * H] + bias_ih[2 * H + k] + reset * recurrent);
    REAL state = (1 - update) * candidate + update * h[i];
    gate[0] = reset;
    gate[H] = update;
    gate[2 * H] = candidate;
    extra[row * H + k] = recurrent;
    h[i] = state;
    states[row * step.width + step.column + k] = state;
  END_FOR_EACH_STATE
}

// before [N, T, hidden] receives the state before each step, 0 after a sequence's end.
KERNEL recurrent_before(Index count, Step step, const long long* lengths, const ELEMENT* h0, const ELEMENT* states, ELEMENT* before) {
  FOR_EACH(i, count) {
    Index k = i % step.hidden, row = i / step.hidden;
    Index n = row / step.steps, time = row % step.steps;
    Index length = length_of(lengths, n, step.steps);
    Index first = step.reversed ? length - 1 : 0, earlier = step.reversed ? row + 1 : row - 1;
    before[i] = time >= length  ? REAL(0)
                : time == first ? REAL(h0[n * step.hidden + k])
                                : REAL(states[earlier * step.width + step.column + k]);
  }
}

// Adds dy to the gradient dh of the state, turns it into those of the gates, for the input's product in
// to_input [N, T, G * hidden], for the state's in to_state [N, G * hidden] of this turn, and leaves in dh and dc what
// reaches the previous state and memory past the product.
#define BACKWARD(cell)                                                                                                         \
  KERNEL recurrent_##cell##_grad(Index count, Step step, const long long* lengths, const ELEMENT* gates, const ELEMENT* extra, \
                                 const ELEMENT* before, const ELEMENT* c0, const ELEMENT* dy, ELEMENT* dh, ELEMENT* dc,        \
                                 ELEMENT* to_input, ELEMENT* to_state, ELEMENT* to_states)

#define NOTHING(gates_of_cell)                                                     \
  for (Index g = 0; g < gates_of_cell; g++) {                                      \
    to_state[(n * gates_of_cell + g) * H + k] = 0;                                 \
  }

#define PLAIN_GRAD(cell, derivative)                                               \
  BACKWARD(cell) {                                                                 \
    FOR_EACH_STATE(NOTHING(1))                                                     \
      REAL y = gates[row * H + k];                                                 \
      REAL upstream = dh[i] + dy[row * step.width + step.column + k];              \
      REAL sum = upstream * (derivative);                                          \
      to_input[row * H + k] = sum;                                                 \
      to_state[n * H + k] = sum;                                                   \
      dh[i] = 0;                                                                   \
    END_FOR_EACH_STATE                                                             \
  }

PLAIN_GRAD(rnn_tanh, 1 - y * y)
PLAIN_GRAD(rnn_relu, REAL(y > 0 ? 1 : 0))

BACKWARD(lstm) {
  FOR_EACH_STATE(NOTHING(4))
    const ELEMENT* gate = gates + row * 4 * H + k;
    REAL input = gate[0], forget = gate[H], candidate = gate[2 * H], out = gate[3 * H];
    REAL previous = step.turn == 0 ? c0[i] : extra[(step.reversed ? row + 1 : row - 1) * H + k];
    REAL squashed = tanh(extra[row * H + k]);
    REAL upstream = dh[i] + dy[row * step.width + step.column + k];
    REAL dmemory = dc[i] + upstream * out * (1 - squashed * squashed);
    REAL gradients[4] = {dmemory * candidate * input * (1 - input), dmemory * previous * forget * (1 - forget),
                         dmemory * input * (1 - candidate * candidate), upstream * squashed * out * (1 - out)};
    for (Index g = 0; g < 4; g++) {
      to_input[(row * 4 + g) * H + k] = gradients[g];
      to_state[(n * 4 + g) * H + k] = gradients[g];
    }
    dh[i] = 0;
    dc[i] = dmemory * forget;
  END_FOR_EACH_STATE
}

// to_states [N, T, 3 * hidden] keeps what goes to the state's product, which is not what goes to the input's.
BACKWARD(gru) {
  FOR_EACH_STATE(NOTHING(3))
    const ELEMENT* gate = gates + row * 3 * H + k;
    REAL reset = gate[0], update = gate[H], candidate = gate[2 * H];
    REAL upstream = dh[i] + dy[row * step.width + step.column + k];
    REAL dcandidate = upstream * (1 - update) * (1 - candidate * candidate);
    REAL dreset = dcandidate * extra[row * H + k] * reset * (1 - reset);
    REAL dupdate = upstream * (before[row * H + k] - candidate) * update * (1 - update);
    REAL gradients[3] = {dreset, dupdate, dcandidate};
    for (Index g = 0; g < 3; g++) {
      REAL own = g == 2 ? dcandidate * reset : gradients[g];
      to_input[(row * 3 + g) * H + k] = gradients[g];
      to_state[(n * 3 + g) * H + k] = own;
      to_states[(row * 3 + g) * H + k] = own;
    }
    dh[i] = upstream * update;
  END_FOR_EACH_STATE
}

// Makes what belongs to sequences of invalid lengths not a number; values [..., batch, inner].
KERNEL recurrent_invalid(Index count, Index inner, Index batch, Index steps, const long long* lengths, ELEMENT* values) {
  FOR_EACH(i, count) {
    if (length_of(lengths, i / inner % batch, steps) == 0) {
      REAL zero = 0;
      values[i] = zero / zero;
    }
  }
}
