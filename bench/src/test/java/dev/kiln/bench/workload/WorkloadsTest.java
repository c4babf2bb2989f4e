package dev.kiln.bench.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkloadsTest {

  /** The counts are those of the same networks in PyTorch 2.13. */
  @ParameterizedTest
  @CsvSource({
    "mlp, 101770",
    "lenet-64, 431080",
    "lenet-256, 431080",
    "vgg6bn, 815018",
    "resnet18, 11173962",
    "rnn, 21514",
    "gru, 61962",
    "lstm, 82186",
    "char-lstm, 873793",
    "char-gru, 659521",
    "seq2seq, 159272",
    "resnet18-256, 11173962",
    "char-lstm-1024, 12932161",
    "char-gru-1024, 9715777",
  })
  void networksHaveAsManyParametersAsInPyTorch(String name, long parameters) {
    Workload workload = Workloads.find(name);
    assertThat(workload.network(workload.model()).parameterCount()).isEqualTo(parameters);
    assertThat(workload.network(workload.checked()).parameterCount()).isEqualTo(parameters);
  }

  @Test
  void theSameBatchIsDrawnEveryTime() {
    for (Workload workload : Workloads.all()) {
      List<Tensor> first = workload.drawBatch();
      List<Tensor> second = workload.drawBatch();
      for (int i = 0; i < first.size(); i++) {
        assertThat(first.get(i).shape().dim(0)).isEqualTo(workload.batch());
        assertThat(first.get(i).data().mismatch(second.get(i).data()))
            .as("%s, field %d", workload.name(), i)
            .isEqualTo(-1);
      }
    }
  }

  @Test
  void oneHotFieldsHaveASingleOneInEveryStep() {
    Tensor characters = Workloads.find("char-lstm").withBatch(2).drawBatch().getFirst();
    assertThat(characters.shape().dims()).containsExactly(2, 100, 65);
    float[] values = characters.toFloatArray();
    for (int step = 0; step < 200; step++) {
      double sum = 0;
      for (int i = 0; i < 65; i++) {
        sum += values[65 * step + i];
        assertThat(values[65 * step + i]).isIn(0f, 1f);
      }
      assertThat(sum).isEqualTo(1);
    }
  }

  @Test
  void anUnknownNameIsRefusedWithTheNamesThereAre() {
    assertThatThrownBy(() -> Workloads.find("alexnet"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no workload 'alexnet'")
        .hasMessageContaining("lenet-64");
  }

  @Test
  void weightsAndBatchSurviveTheFileTheyAreExchangedBy(@TempDir Path folder) throws IOException {
    Exchange drawn = Exchange.draw(Workloads.find("gru"));
    Path file = folder.resolve("gru.safetensors");
    drawn.write(file);
    Exchange read = Exchange.read(file);
    assertThat(read.weights().keySet())
        .containsExactlyInAnyOrder(
            "0.weight_ih_l0",
            "0.weight_hh_l0",
            "0.bias_ih_l0",
            "0.bias_hh_l0",
            "1.weight",
            "1.bias");
    assertThat(read.batch().keySet()).containsExactlyInAnyOrder("features", "labels");
    drawn
        .weights()
        .forEach((name, tensor) ->
            assertThat(read.weights().get(name).toFloatArray())
                .as(name)
                .isEqualTo(tensor.toFloatArray()));
  }
}
