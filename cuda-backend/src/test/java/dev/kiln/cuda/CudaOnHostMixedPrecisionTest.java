package dev.kiln.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.BackendProvider;
import dev.kiln.backend.Precision;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

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

  /** As with cuDNN 9.13, whose recurrent calls take BF16. */
  @TestFactory
  Stream<DynamicTest> recurrentStacksOfANewerCudnnFollowThoseOfFloat32() {
    BackendProvider provider = CudaOnHost.provider();
    return ComparedTraining.small().stream()
        .filter(training -> training.sample().rank() == 2)
        .map(training ->
            DynamicTest.dynamicTest(
                training.name(),
                () -> {
                  CudaOnHost.setCudnnVersion(91300);
                  try {
                    compare(provider, training, Precision.BF16);
                  } finally {
                    CudaOnHost.setCudnnVersion(90501);
                  }
                }));
  }

  @AfterEach
  void nothingIsLeftAndNoRuleOfCudaWasBroken() {
    assertThat(CudaOnHost.report()).isEmpty();
  }
}
