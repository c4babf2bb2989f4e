package dev.kiln.bench.guard;

import dev.kiln.bench.peer.ProcessorUse;
import java.io.IOException;

/** Which share of the processors other programs have from now on. */
final class OtherPrograms {

  private final ProcessorUse before;

  OtherPrograms() throws IOException {
    before = ProcessorUse.of(ProcessHandle.current().pid());
  }

  double share() throws IOException {
    return ProcessorUse.of(ProcessHandle.current().pid()).othersSince(before);
  }
}
