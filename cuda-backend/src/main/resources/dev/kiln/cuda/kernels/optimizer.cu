// One pass over all parameters for every rule of dev.kiln.op.OptimizerRule. What is new may lie where the old was. What
// depends on the step alone is computed once, in double, by the kernel that a rule's name with _factors denotes. Where
// there is a guard and it is not finite nothing is written: what is new already holds the old then.

__device__ inline REAL average(REAL kept, REAL rest, REAL old, REAL value) { return kept * old + rest * value; }

// The guard is null where there is none.
__device__ inline bool is_held(const REAL* guard) { return guard && !is_finite(*guard); }
#define FOR_EACH_UNLESS_HELD(i, count) FOR_EACH(i, is_held(guard) ? 0 : (count))

#define PARAMETERS \
  Index count, const REAL *p, const REAL *g, const REAL *rate, const long long *step, const REAL *guard

KERNEL sgd(PARAMETERS, REAL* new_p, double weight_decay) {
  FOR_EACH_UNLESS_HELD(i, count) { new_p[i] = p[i] - *rate * (g[i] + REAL(weight_decay) * p[i]); }
}

KERNEL sgd_momentum(PARAMETERS, const REAL* velocity, REAL* new_p, REAL* new_velocity, double momentum,
                    double weight_decay, int nesterov) {
  FOR_EACH_UNLESS_HELD(i, count) {
    REAL change = g[i] + REAL(weight_decay) * p[i];
    REAL v = REAL(momentum) * velocity[i] + change;
    new_velocity[i] = v;
    new_p[i] = p[i] - *rate * (nesterov ? change + REAL(momentum) * v : v);
  }
}

KERNEL adagrad(PARAMETERS, const REAL* sum, REAL* new_p, REAL* new_sum, double rate_decay, double weight_decay,
               double epsilon) {
  REAL decayed = REAL(*rate / (1 + (*step - 1) * rate_decay));
  FOR_EACH_UNLESS_HELD(i, count) {
    REAL gradient = g[i] + REAL(weight_decay) * p[i];
    REAL s = sum[i] + gradient * gradient;
    new_sum[i] = s;
    new_p[i] = p[i] - decayed * gradient / (sqrt(s) + REAL(epsilon));
  }
}

KERNEL adadelta(PARAMETERS, const REAL* squares, const REAL* changes, REAL* new_p, REAL* new_squares, REAL* new_changes,
                double rho, double weight_decay, double epsilon) {
  REAL kept = REAL(rho), rest = REAL(1 - rho), tiny = REAL(epsilon);
  FOR_EACH_UNLESS_HELD(i, count) {
    REAL gradient = g[i] + REAL(weight_decay) * p[i];
    REAL square = average(kept, rest, squares[i], gradient * gradient);
    REAL change = sqrt(changes[i] + tiny) / sqrt(square + tiny) * gradient;
    new_squares[i] = square;
    new_changes[i] = average(kept, rest, changes[i], change * change);
    new_p[i] = p[i] - *rate * change;
  }
}

// Absent slots are null.
KERNEL rmsprop(PARAMETERS, const REAL* squares, const REAL* velocity, const REAL* means, REAL* new_p, REAL* new_squares,
               REAL* new_velocity, REAL* new_means, double alpha, double weight_decay, double momentum, double epsilon) {
  REAL kept = REAL(alpha), rest = REAL(1 - alpha);
  FOR_EACH_UNLESS_HELD(i, count) {
    REAL gradient = g[i] + REAL(weight_decay) * p[i];
    REAL square = average(kept, rest, squares[i], gradient * gradient);
    new_squares[i] = square;
    REAL spread = square;
    if (means) {
      REAL mean = average(kept, rest, means[i], gradient);
      new_means[i] = mean;
      spread = square - mean * mean;
      spread = spread > 0 ? spread : REAL(0);  // rounding may leave less than nothing
    }
    REAL change = gradient / (sqrt(spread) + REAL(epsilon));
    if (velocity) {
      change += REAL(momentum) * velocity[i];
      new_velocity[i] = change;
    }
    new_p[i] = p[i] - *rate * change;
  }
}

// factors: the corrected rate, the root of the correction of squares, what stays of a parameter that decays by itself.
KERNEL adam_factors(const REAL* rate, const long long* step, double* factors, double beta1, double beta2,
                    double decoupled_decay) {
  if (first_element() == 0) {
    factors[0] = *rate / (1 - pow(beta1, (double)*step));
    factors[1] = sqrt(1 - pow(beta2, (double)*step));
    factors[2] = 1 - *rate * decoupled_decay;
  }
}

// largest is null unless the largest mean square so far is used.
KERNEL adam(PARAMETERS, const REAL* means, const REAL* squares, const REAL* largest, REAL* new_p, REAL* new_means,
            REAL* new_squares, REAL* new_largest, const double* factors, double beta1, double beta2, double epsilon,
            double penalty) {
  REAL corrected_rate = REAL(factors[0]), root_correction = REAL(factors[1]), kept = REAL(factors[2]);
  REAL kept1 = REAL(beta1), rest1 = REAL(1 - beta1), kept2 = REAL(beta2), rest2 = REAL(1 - beta2);
  FOR_EACH_UNLESS_HELD(i, count) {
    REAL gradient = g[i] + REAL(penalty) * p[i];
    REAL mean = average(kept1, rest1, means[i], gradient);
    REAL square = average(kept2, rest2, squares[i], gradient * gradient);
    new_means[i] = mean;
    new_squares[i] = square;
    if (largest) {
      square = largest[i] > square ? largest[i] : square;
      new_largest[i] = square;
    }
    new_p[i] = kept * p[i] - corrected_rate * mean / (sqrt(square) / root_correction + REAL(epsilon));
  }
}

// factors: the rates of the gradient and of the mean, the correction of squares.
KERNEL nadam_factors(const REAL* rate, const long long* step, const REAL* guard, const REAL* product, REAL* new_product,
                     double* factors, double beta1, double beta2, double momentum_decay) {
  if (first_element() == 0 && !is_held(guard)) {
    double t = (double)*step;
    double now = beta1 * (1 - 0.5 * pow(0.96, t * momentum_decay));
    double next = beta1 * (1 - 0.5 * pow(0.96, (t + 1) * momentum_decay));
    double all = *step == 1 ? now : *product * now;
    *new_product = REAL(all);
    factors[0] = *rate * (1 - now) / (1 - all);
    factors[1] = *rate * next / (1 - all * next);
    factors[2] = 1 - pow(beta2, t);
  }
}

KERNEL nadam(PARAMETERS, const REAL* means, const REAL* squares, REAL* new_p, REAL* new_means, REAL* new_squares,
             const double* factors, double beta1, double beta2, double epsilon, double weight_decay) {
  REAL gradient_rate = REAL(factors[0]), mean_rate = REAL(factors[1]), correction = REAL(factors[2]);
  REAL kept1 = REAL(beta1), rest1 = REAL(1 - beta1), kept2 = REAL(beta2), rest2 = REAL(1 - beta2);
  FOR_EACH_UNLESS_HELD(i, count) {
    REAL gradient = g[i] + REAL(weight_decay) * p[i];
    REAL mean = average(kept1, rest1, means[i], gradient);
    REAL square = average(kept2, rest2, squares[i], gradient * gradient);
    new_means[i] = mean;
    new_squares[i] = square;
    new_p[i] = p[i] - (gradient_rate * gradient + mean_rate * mean) / (sqrt(square / correction) + REAL(epsilon));
  }
}
