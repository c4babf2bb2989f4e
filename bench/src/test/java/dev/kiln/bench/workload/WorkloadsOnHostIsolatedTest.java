package dev.kiln.bench.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.Backend;
import dev.kiln.cuda.CudaOnHost;
import dev.kiln.train.Learner;
import dev.kiln.train.Optimizer;
import dev.kiln.train.Settings;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every workload of a GPU makes a step on the CUDA backend, on the stand-ins for NVIDIA's
 * libraries, with a batch of one.
 */
class WorkloadsOnHostIsolatedTest {

  static Stream<String> workloads() {
    return Workloads.ofGpu().stream().map(Workload::name);
  }

  @AfterEach
  void nothingIsLeftAndNoRuleOfCudaWasBroken() {
    assertThat(CudaOnHost.report()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("workloads")
  void makesAStep(String name) {
    Workload workload = Workloads.find(name).withBatch(1);
    try (Backend backend = CudaOnHost.provider().open(0);
        Learner learner =
            new Learner(
                backend,
                workload.network(workload.model()),
                workload.sample(),
                Settings.of(Optimizer.adam(Workload.RATE)))) {
      assertThat(learner.train(workload.drawBatch())).isPositive().isFinite();
    }
  }
}
