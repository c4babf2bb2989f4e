package dev.kiln.cpu.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.op.Affine;
import dev.kiln.op.BatchNorm;
import dev.kiln.op.Binary;
import dev.kiln.op.Clamp;
import dev.kiln.op.Dropout;
import dev.kiln.op.OpSpec;
import dev.kiln.op.OptimizerRule;
import dev.kiln.op.OptimizerRule.Adam.Decay;
import dev.kiln.op.OptimizerStep;
import dev.kiln.op.Unary;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An output may lie in the input that its operation says it may overwrite. */
class InPlaceTest {

  record Case(OpSpec spec, List<Tensor> inputs) {}

  static List<Case> cases() {
    Tensor x = Numbers.normal(1, 3, 5);
    Tensor counter = Tensor.of(Shape.of(2), new long[] {7, 3});
    List<Case> cases =
        new ArrayList<>(
            List.of(
                new Case(Unary.RELU, List.of(x)),
                new Case(Unary.IDENTITY, List.of(x)),
                new Case(new Unary.Grad(Unary.TANH), List.of(x, Numbers.normal(2, 3, 5))),
                new Case(Binary.SUB, List.of(x, Numbers.normal(2, 3, 5))),
                new Case(Binary.DIV, List.of(x, Numbers.normal(2, 1, 5))),
                new Case(Binary.MUL, List.of(x, Numbers.normal(2, 3, 1))),
                new Case(new Affine(2, 1), List.of(x)),
                new Case(new Clamp(-0.5, 0.5), List.of(x)),
                new Case(new Dropout(0.5, 1), List.of(x, counter)),
                new Case(
                    new BatchNorm(0.1, 1e-5),
                    List.of(
                        x,
                        Numbers.normal(2, 5),
                        Numbers.normal(3, 5),
                        Numbers.normal(4, 5),
                        Numbers.normal(5, 5)))));
    for (OptimizerRule rule : rules()) {
      cases.add(new Case(new OptimizerStep(rule), optimizerInputs(rule)));
    }
    return cases;
  }

  private static List<OptimizerRule> rules() {
    return List.of(
        new OptimizerRule.Sgd(0, 0.1, false),
        new OptimizerRule.Sgd(0.9, 0.1, true),
        new OptimizerRule.Adagrad(0.1, 0.1, 1e-10),
        new OptimizerRule.Adadelta(0.9, 0.1, 1e-6),
        new OptimizerRule.RmsProp(0.99, 0.1, 0.9, true, 1e-8),
        new OptimizerRule.Adam(0.9, 0.999, 1e-8, 0.1, Decay.L2, true),
        new OptimizerRule.Adam(0.9, 0.999, 1e-8, 0.1, Decay.DECOUPLED, false),
        new OptimizerRule.NAdam(0.9, 0.999, 1e-8, 0.1, 0.004));
  }

  private static List<Tensor> optimizerInputs(OptimizerRule rule) {
    Tensor step = Tensor.allocate(TensorType.of(DType.I64));
    step.set(0, 3);
    Tensor rate = Tensor.allocate(TensorType.of(DType.F64));
    rate.set(0, 0.01);
    List<Tensor> inputs =
        new ArrayList<>(List.of(Numbers.normal(1, 9), Numbers.normal(2, 9), rate, step));
    for (OptimizerRule.Slot slot : rule.slots()) {
      Tensor positive = Numbers.normal(inputs.size(), slot.perParameter() ? 9 : 1);
      for (long i = 0; i < positive.elements(); i++) {
        positive.set(i, 1 + 0.1 * positive.get(i));
      }
      inputs.add(positive);
    }
    return inputs;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void givesTheSameResult(Case c) {
    List<Tensor> apart = Running.run(c.spec, c.inputs.toArray(Tensor[]::new));
    List<Tensor> inputs = c.inputs.stream().map(InPlaceTest::copy).toList();
    List<Tensor> outputs = new ArrayList<>();
    int overwritten = 0;
    for (int i = 0; i < apart.size(); i++) {
      OptionalInt input = c.spec.overwrites(i);
      overwritten += input.isPresent() ? 1 : 0;
      outputs.add(
          input.isPresent() ? inputs.get(input.getAsInt()) : Tensor.allocate(apart.get(i).type()));
    }
    Running.runInPlace(c.spec, inputs, outputs);
    assertThat(overwritten).isPositive();
    for (int i = 0; i < apart.size(); i++) {
      assertThat(outputs.get(i).toDoubleArray()).isEqualTo(apart.get(i).toDoubleArray());
    }
  }

  private static Tensor copy(Tensor tensor) {
    Tensor copy = Tensor.allocate(tensor.type());
    copy.data().copyFrom(tensor.data());
    return copy;
  }
}
