package dev.kiln.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.backend.AlgorithmChoice;
import dev.kiln.backend.Backend;
import dev.kiln.backend.ComputeOptions;
import dev.kiln.cuda.CudaOnHost;
import dev.kiln.datasets.Catalogue;
import dev.kiln.datasets.DataFolders;
import dev.kiln.models.zoo.Zoo;
import dev.kiln.nn.Models;
import dev.kiln.tensor.Shape;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What {@code --deterministic} proves on the CUDA backend, on the stand-ins for NVIDIA's libraries:
 * one of their convolutions adds up in another order every time.
 */
class RepeatabilityOnHostIsolatedTest {

  private static final int STEPS = 4;

  @AfterEach
  void cudnnTellsTheTruthAgain() {
    CudaOnHost.lieAboutRepeatability(false);
    CudaOnHost.reset();
  }

  private static TrainerBuilder training(Backend backend, String network) throws IOException {
    return Trainer.of(
            backend,
            Models.classifier(Zoo.find(network).build(Shape.of(1, 8, 8), 10)),
            Catalogue.entry("digits").load(DataFolders.standard(Optional.empty())).split().train())
        .optimizer(Optimizer.byName("adam", 0.01))
        .batchSize(8)
        .seed(7);
  }

  @ParameterizedTest
  @ValueSource(strings = {"digits-cnn", "vgg6bn", "lstm"})
  void aTrainingComputesTheSameBits(String network) throws IOException {
    for (AlgorithmChoice algorithms : AlgorithmChoice.values()) {
      try (Backend backend =
          CudaOnHost.provider().open(0, ComputeOptions.DEFAULT.with(algorithms))) {
        assertThat(RepeatabilityProof.of(training(backend, network), STEPS).steps())
            .isEqualTo(STEPS);
      }
    }
    assertThat(CudaOnHost.report()).isEmpty();
  }

  @Test
  void theProofFindsAConvolutionThatDoesNotRepeatItsBits() throws IOException {
    ComputeOptions fixed = ComputeOptions.DEFAULT.with(AlgorithmChoice.FIXED);
    try (Backend backend = CudaOnHost.provider().open(0, fixed)) {
      CudaOnHost.lieAboutRepeatability(true);
      assertThatThrownBy(() -> RepeatabilityProof.of(training(backend, "digits-cnn"), STEPS))
          .isInstanceOf(NotRepeatableException.class)
          .hasMessageContaining("from seed 7")
          .hasMessageContaining("the first difference is in");
    }
  }
}
