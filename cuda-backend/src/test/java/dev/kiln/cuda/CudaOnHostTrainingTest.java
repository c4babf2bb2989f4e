package dev.kiln.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.BackendProvider;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** Fifty steps of small networks on the stand-ins. */
class CudaOnHostTrainingTest extends CrossBackendContract {

  @Override
  BackendProvider provider() {
    return CudaOnHost.provider();
  }

  @Override
  List<ComparedTraining> trainings() {
    return ComparedTraining.small();
  }

  @Override
  int steps() {
    return 50;
  }

  @AfterEach
  void nothingIsLeftAndNoRuleOfCudaWasBroken() {
    assertThat(CudaOnHost.report()).isEmpty();
  }
}
