package dev.kiln.cuda;

import dev.kiln.backend.BackendProvider;
import java.util.List;
import java.util.stream.Stream;

/** On a GPU; skipped without one, unless {@code -Drequire.cuda=true} asks for it. */
class GpuMixedPrecisionIsolatedTest extends MixedPrecisionContract {

  @Override
  BackendProvider provider() {
    return Gpu.provider();
  }

  @Override
  List<ComparedTraining> trainings() {
    return Stream.concat(
            ComparedTraining.convolutional().stream(), ComparedTraining.recurrent().stream())
        .toList();
  }
}
