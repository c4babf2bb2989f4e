package dev.kiln.models.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.cuda.CudaOnHost;
import org.junit.jupiter.api.AfterEach;

/** Fifty steps on the stand-ins for NVIDIA's libraries. */
class ZooOnHostIsolatedTest extends ZooAgreementContract {

  @Override
  void openCuda() {
    CudaOnHost.provider();
  }

  @Override
  ZooTraining.Size size() {
    return ZooTraining.Size.SMALL;
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
