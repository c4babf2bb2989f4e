package dev.kiln.bench.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.Backend;
import dev.kiln.backend.BackendProvider;
import dev.kiln.backend.Backends;
import dev.kiln.bench.workload.Workload;
import dev.kiln.bench.workload.Workloads;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ScalingTest {

  static Stream<String> backends() {
    return Backends.providers().stream()
        .filter(provider -> provider.unavailableReason().isEmpty())
        .map(BackendProvider::name);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void thePlanForetellsWhatIsAllocated(String name) {
    List<Workload> sizes =
        List.of(
            Workloads.find("lenet-64").withBatch(1),
            Workloads.find("lenet-64").withBatch(16),
            Workloads.deepPerceptron(1),
            Workloads.deepPerceptron(8),
            Workloads.deepLstm(2).withBatch(8),
            Workloads.find("seq2seq").withBatch(4));
    try (Backend backend = Backends.open(name, 0)) {
      for (Workload size : sizes) {
        Scaling measured = Scaling.measure(size, backend, 0);
        assertThat(measured.error())
            .as("%s with batches of %d: %s", size.name(), size.batch(), measured)
            .isLessThanOrEqualTo(0.02);
      }
    }
  }
}
