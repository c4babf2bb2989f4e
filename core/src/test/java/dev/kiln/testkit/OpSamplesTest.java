package dev.kiln.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.graph.Autodiff;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.op.CustomSpec;
import dev.kiln.op.OpSpec;
import dev.kiln.op.OptimizerStep;
import dev.kiln.op.PrivateSpec;
import dev.kiln.op.Recurrent;
import dev.kiln.op.SecondDerivativeException;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Proves that the table of samples leaves nothing out, and that its rows are valid. */
class OpSamplesTest {

  private static final List<Sample> SAMPLES = OpSamples.all();

  private static final Set<Class<?>> UNSAMPLED =
      Set.of(PrivateSpec.class, CustomSpec.class, Recurrent.Grad.class);

  /**
   * The gradient of a recurrent stack reads a reserve that only its own backend can write; what is
   * private to a backend, or a user's own, is tested where it is.
   */
  @Test
  void everyOperationHasASample() {
    Set<Class<?>> sampled = new HashSet<>();
    SAMPLES.forEach(sample -> sampled.add(declaredType(sample.spec())));
    assertThat(OpSpec.class.getPermittedSubclasses())
        .isNotEmpty()
        .filteredOn(type -> !UNSAMPLED.contains(type))
        .allSatisfy(type -> assertThat(sampled).contains(type));
  }

  @Test
  void everyConstantOfAnEnumOfOperationsHasASample() {
    Set<OpSpec> sampled = new HashSet<>();
    SAMPLES.forEach(sample -> sampled.add(sample.spec()));
    assertThat(OpSpec.class.getPermittedSubclasses())
        .filteredOn(Class::isEnum)
        .isNotEmpty()
        .allSatisfy(type -> assertThat(sampled).containsAll(constants(type)));
  }

  @Test
  void everyVariantOfEveryAttributeHasASample() throws ReflectiveOperationException {
    Map<String, Set<Object>> seen = new HashMap<>();
    Map<String, Class<?>> attributes = new HashMap<>();
    for (Sample sample : SAMPLES) {
      visit(declaredType(sample.spec()).getName(), sample.spec(), seen, attributes);
    }
    assertThat(attributes)
        .isNotEmpty()
        .allSatisfy((attribute, type) ->
            assertThat(seen.get(attribute))
                .as(attribute)
                .containsExactlyInAnyOrderElementsOf(variants(type)));
  }

  private static List<OpSpec> constants(Class<?> type) {
    return Arrays.stream(type.getEnumConstants()).map(OpSpec.class::cast).toList();
  }

  /**
   * Notes the values of booleans, enums and sealed choices among the attributes, nested or not.
   * Element types are left out: not every operation takes all of them.
   */
  private static void visit(
      String path, Object spec, Map<String, Set<Object>> seen, Map<String, Class<?>> attributes)
      throws IllegalAccessException, InvocationTargetException {
    if (!spec.getClass().isRecord()) {
      return;
    }
    for (RecordComponent component : spec.getClass().getRecordComponents()) {
      Class<?> type = component.getType();
      Object value = component.getAccessor().invoke(spec);
      String attribute = path + "." + component.getName();
      if (type == boolean.class || type.isSealed() || (type.isEnum() && type != DType.class)) {
        attributes.put(attribute, type);
        seen.computeIfAbsent(attribute, key -> new HashSet<>())
            .add(type.isSealed() && !type.isEnum() ? value.getClass() : value);
      }
      String nested = type.isSealed() ? attribute + "." + value.getClass() : attribute;
      visit(nested, value, seen, attributes);
    }
  }

  private static List<Object> variants(Class<?> type) {
    if (type == boolean.class) {
      return List.of(true, false);
    }
    return type.isEnum()
        ? List.of(type.getEnumConstants())
        : List.of((Object[]) type.getPermittedSubclasses());
  }

  private static Class<?> declaredType(OpSpec spec) {
    return spec instanceof Enum<?> constant ? constant.getDeclaringClass() : spec.getClass();
  }

  @Test
  void noTwoSamplesShareAName() {
    assertThat(SAMPLES).extracting(Sample::name).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void everySampleIsValid(Sample sample) {
    assertThat(sample.spec().infer(sample.types(DType.F32))).isNotEmpty();
    assertThat(sample.spec().infer(sample.types(DType.F64))).isNotEmpty();
    assertThat(sample.spec().infer(sample.types(DType.F16))).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void theValuesAreTheSameNumbersInEveryType(Sample sample) {
    List<Tensor> single = sample.values(DType.F32);
    List<Tensor> twice = sample.values(DType.F32);
    List<Tensor> wide = sample.values(DType.F64);
    for (int i = 0; i < single.size(); i++) {
      double[] values = single.get(i).toDoubleArray();
      assertThat(Arrays.equals(twice.get(i).toDoubleArray(), values)).isTrue();
      assertThat(Arrays.equals(wide.get(i).toDoubleArray(), values)).isTrue();
    }
  }

  /** A gradient is either correct or refused: nothing in between. */
  @ParameterizedTest
  @MethodSource("samples")
  void everyDifferentiableOperandGetsAGradientOfItsType(Sample sample) {
    GraphBuilder graph = new GraphBuilder();
    List<Value> inputs = new ArrayList<>();
    for (int i = 0; i < sample.operands().size(); i++) {
      inputs.add(graph.input("x" + i, sample.types(DType.F32).get(i)));
    }
    Value y = graph.add(sample.spec(), inputs).getFirst();
    Value upstream = graph.input("upstream", y.type());
    List<Value> sources = sample.differentiable().stream().map(inputs::get).toList();
    if (sources.isEmpty()) {
      return;
    }
    if (sample.isGradient()) {
      assertThatThrownBy(() -> Autodiff.gradients(graph, List.of(y), List.of(upstream), sources))
          .isInstanceOf(SecondDerivativeException.class)
          .hasMessageContaining(sample.spec().toString())
          .hasMessageContaining("once");
    } else {
      List<Value> gradients = Autodiff.gradients(graph, List.of(y), List.of(upstream), sources);
      assertThat(gradients).extracting(Value::type).isEqualTo(types(sources));
    }
  }

  private static List<TensorType> types(List<Value> values) {
    return values.stream().map(Value::type).toList();
  }

  @Test
  void onlyOptimizersUpdate() {
    assertThat(SAMPLES)
        .filteredOn(sample -> sample.spec() instanceof OptimizerStep)
        .isNotEmpty()
        .allSatisfy(sample -> assertThat(sample.differentiable()).isEmpty());
  }

  private static Stream<Sample> samples() {
    return SAMPLES.stream();
  }
}
