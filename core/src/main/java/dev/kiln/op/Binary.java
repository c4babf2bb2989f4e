package dev.kiln.op;

import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.DoubleBinaryOperator;
import java.util.function.Supplier;

/**
 * Elementwise arithmetic of two tensors, broadcast against each other as NumPy and PyTorch do.
 *
 * <p>Inputs: {@code a} and {@code b}, of one floating-point type. Output: {@code y}, of the
 * broadcast shape.
 */
public enum Binary implements OpSpec {
  /** {@code a + b}. */
  ADD(Double::sum) {
    @Override
    public void gradient(Adjoint adjoint) {
      give(adjoint, 0, adjoint::upstream);
      give(adjoint, 1, adjoint::upstream);
    }
  },
  /** {@code a - b}. */
  SUB((a, b) -> a - b) {
    @Override
    public void gradient(Adjoint adjoint) {
      give(adjoint, 0, adjoint::upstream);
      give(adjoint, 1, () -> adjoint.apply(Unary.NEGATE, adjoint.upstream()));
    }
  },
  /** {@code a * b}. */
  MUL((a, b) -> a * b) {
    @Override
    public void gradient(Adjoint adjoint) {
      give(adjoint, 0, () -> adjoint.apply(MUL, adjoint.upstream(), adjoint.input(1)));
      give(adjoint, 1, () -> adjoint.apply(MUL, adjoint.upstream(), adjoint.input(0)));
    }
  },
  /** {@code a / b}. */
  DIV((a, b) -> a / b) {
    @Override
    public void gradient(Adjoint adjoint) {
      give(adjoint, 0, () -> adjoint.apply(DIV, adjoint.upstream(), adjoint.input(1)));
      // d(a / b) / db = -a / b^2 = -y / b
      give(
          adjoint,
          1,
          () ->
              adjoint.apply(
                  Unary.NEGATE,
                  adjoint.apply(
                      DIV,
                      adjoint.apply(MUL, adjoint.upstream(), adjoint.output(0)),
                      adjoint.input(1))));
    }
  },
  /** The larger of {@code a} and {@code b}; where they are equal each gets half the gradient. */
  MAXIMUM(Math::max) {
    @Override
    public void gradient(Adjoint adjoint) {
      giveWhereDominant(adjoint, 0, 0, 1);
      giveWhereDominant(adjoint, 1, 1, 0);
    }
  },
  /** The smaller of {@code a} and {@code b}; where they are equal each gets half the gradient. */
  MINIMUM(Math::min) {
    @Override
    public void gradient(Adjoint adjoint) {
      giveWhereDominant(adjoint, 0, 1, 0);
      giveWhereDominant(adjoint, 1, 0, 1);
    }
  },
  /**
   * 1 where {@code a > b}, one half where they are equal, 0 elsewhere: the derivative of the
   * maximum with respect to {@code a}. Its own derivative is 0.
   */
  DOMINANCE((a, b) -> a > b ? 1 : a == b ? 0.5 : 0) {
    @Override
    public void gradient(Adjoint adjoint) {
      for (int i = 0; i < 2; i++) {
        TensorType type = adjoint.input(i).type();
        adjoint.give(i, () -> adjoint.apply(new Fill(type.dtype(), type.shape(), 0)));
      }
    }
  };

  private final DoubleBinaryOperator forward;

  Binary(DoubleBinaryOperator forward) {
    this.forward = forward;
  }

  /** Returns the result for one pair of elements. */
  public double forward(double a, double b) {
    return forward.applyAsDouble(a, b);
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Operands in = new Operands(this, inputs, "a", "b").floating(0).dtypeOfFirst(1);
    try {
      return List.of(TensorType.of(in.get(0).dtype(), Shape.broadcast(in.shape(0), in.shape(1))));
    } catch (IllegalArgumentException doNotFit) {
      throw new ShapeException(opName() + ": " + doNotFit.getMessage());
    }
  }

  @Override
  public OptionalInt overwrites(int output) {
    return OptionalInt.of(0);
  }

  /** Returns the constant's name in lower case, such as {@code add}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Gives a gradient, summed over the axes along which the input was broadcast. */
  private static void give(Adjoint adjoint, int input, Supplier<Value> gradient) {
    adjoint.give(
        input, () -> Broadcasts.sumTo(adjoint, gradient.get(), adjoint.input(input).shape()));
  }

  private static void giveWhereDominant(Adjoint adjoint, int input, int larger, int smaller) {
    give(
        adjoint,
        input,
        () ->
            adjoint.apply(
                MUL,
                adjoint.upstream(),
                adjoint.apply(DOMINANCE, adjoint.input(larger), adjoint.input(smaller))));
  }
}
