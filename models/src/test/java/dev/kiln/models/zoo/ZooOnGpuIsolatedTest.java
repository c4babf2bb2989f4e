package dev.kiln.models.zoo;

import dev.kiln.cuda.Gpu;

/** Fifty steps on a GPU; skipped without one, unless {@code -Drequire.cuda=true} asks for it. */
class ZooOnGpuIsolatedTest extends ZooAgreementContract {

  @Override
  void openCuda() {
    Gpu.provider();
  }

  @Override
  ZooTraining.Size size() {
    return ZooTraining.Size.FULL;
  }

  @Override
  int steps() {
    return 50;
  }
}
