package dev.kiln.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.check.TracedModel.Layer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TracedModelTest {

  @Test
  void layersAreSeparatedBySpaces() {
    assertThat(TracedModel.parse("conv(1,6,5) leaky_relu maxpool2 flatten linear(10)").layers())
        .containsExactly(
            new Layer("conv", List.of(1, 6, 5)),
            new Layer("leaky_relu", List.of()),
            new Layer("maxpool", List.of(2)),
            new Layer("flatten", List.of()),
            new Layer("linear", List.of(10)));
  }

  @Test
  void theLastLayerOfARecurrentModelIsAppliedToEveryStep() {
    assertThat(TracedModel.parse("gru(5,12) linear(5) on every step").layers())
        .containsExactly(new Layer("gru", List.of(5, 12)), new Layer("linear", List.of(5)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "conv(1,", "conv(1,6,5)relu", "linear(ten)", "linear(-1)", "10"})
  void anythingElseIsRefused(String model) {
    assertThatThrownBy(() -> TracedModel.parse(model))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot be read");
  }

  @Test
  void aMissingSizeIsNamed() {
    assertThatThrownBy(() -> new Layer("conv", List.of(1, 6)).size(2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the layer conv needs more sizes than [1, 6]");
  }
}
