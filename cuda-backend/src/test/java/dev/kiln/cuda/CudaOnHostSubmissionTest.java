package dev.kiln.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.BackendProvider;
import dev.kiln.testkit.TrainingContract;
import org.junit.jupiter.api.AfterEach;

/** Training on the CUDA backend, on stand-ins for NVIDIA's libraries. */
class CudaOnHostSubmissionTest extends TrainingContract {

  @Override
  protected BackendProvider provider() {
    return CudaOnHost.provider();
  }

  @AfterEach
  void nothingIsLeftAndNoRuleWasBroken() {
    assertThat(CudaOnHost.report()).isEmpty();
  }
}
