package dev.kiln.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.BackendProvider;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** On the stand-ins. */
class CudaOnHostMixedPrecisionTest extends MixedPrecisionContract {

  @Override
  BackendProvider provider() {
    return CudaOnHost.provider();
  }

  @Override
  List<ComparedTraining> trainings() {
    return ComparedTraining.small();
  }

  @AfterEach
  void nothingIsLeftAndNoRuleOfCudaWasBroken() {
    assertThat(CudaOnHost.report()).isEmpty();
  }
}
