package dev.kiln.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.BackendProvider;
import dev.kiln.cpu.reference.ReferenceProvider;
import dev.kiln.testkit.BackendContract;
import org.junit.jupiter.api.AfterEach;

/** The CUDA backend on stand-ins for NVIDIA's libraries against the reference backend. */
class CudaOnHostContractTest extends BackendContract {

  @Override
  protected BackendProvider provider() {
    return CudaOnHost.provider();
  }

  @Override
  protected BackendProvider reference() {
    return new ReferenceProvider();
  }

  @AfterEach
  void noRuleOfCudaWasBroken() {
    assertThat(CudaOnHost.report().lines().filter(line -> !line.contains("not freed"))).isEmpty();
  }
}
