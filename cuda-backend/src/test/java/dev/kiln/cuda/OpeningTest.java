package dev.kiln.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.backend.BackendProvider;
import dev.kiln.backend.OutOfMemoryException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A device is opened as a whole or not at all. */
class OpeningTest {

  @AfterEach
  void theDeviceHasItsMemoryAgain() {
    CudaOnHost.reset();
  }

  /**
   * What cuBLAS keeps fits into the second and the third, half of what uploads keep into the third.
   */
  @ParameterizedTest(name = "{0} MiB")
  @ValueSource(longs = {1, 33, 41})
  void withTooLittleMemoryNothingIsLeftOfIt(long mebibytes) {
    BackendProvider provider = CudaOnHost.provider();
    assertThat(provider.unavailableReason()).isEmpty();
    CudaOnHost.resetWithMemory(mebibytes << 20);
    assertThatThrownBy(() -> provider.open(0))
        .isInstanceOf(OutOfMemoryException.class)
        .hasMessageContaining("cuda-on-host");
    assertThat(CudaOnHost.report()).isEmpty();
  }
}
