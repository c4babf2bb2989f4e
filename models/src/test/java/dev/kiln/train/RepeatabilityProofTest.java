package dev.kiln.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.backend.AlgorithmChoice;
import dev.kiln.backend.Backend;
import dev.kiln.backend.Backends;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.ComputeOptions;
import dev.kiln.datasets.Catalogue;
import dev.kiln.datasets.DataFolders;
import dev.kiln.nn.Dropout;
import dev.kiln.nn.Flatten;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Models;
import dev.kiln.nn.Sequential;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is proved of a training before it begins, and what is said where it cannot be. */
class RepeatabilityProofTest {

  private static final int STEPS = 3;

  private static final long PARAMETERS = 64 * 10 + 10;
  private static final long GUARD = 1;

  private static TrainerBuilder training(Backend backend) throws IOException {
    return Trainer.of(
            backend,
            Models.classifier(Sequential.of(new Flatten(), Dropout.of(0.2), Linear.of(10))),
            Catalogue.entry("digits").load(DataFolders.standard(Optional.empty())).split().train())
        .optimizer(Optimizer.byName("sgd", 0.1))
        .seed(7);
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "onednn"})
  void aTrainingComputesTheSameBits(String name) throws IOException {
    ComputeOptions fixed = ComputeOptions.DEFAULT.with(AlgorithmChoice.FIXED);
    try (Backend backend = Backends.open(name, 0, fixed)) {
      assertThat(RepeatabilityProof.of(training(backend), STEPS))
          .isEqualTo(new RepeatabilityProof(STEPS, PARAMETERS + GUARD));
    }
  }

  @Test
  void theFirstParameterWithOtherBitsIsNamed() throws IOException {
    try (Backend backend = Backends.open("reference", 0)) {
      assertThatThrownBy(() -> RepeatabilityProof.of(training(damaging(backend, 5)), STEPS))
          .isInstanceOf(NotRepeatableException.class)
          .hasMessageContaining("from seed 7")
          .hasMessageContaining("after step 2 the first difference is in parameter 2.weight");
    }
  }

  /** Returns a backend that changes one bit of the parameters when they are read once more. */
  private static Backend damaging(Backend backend, int read) {
    AtomicInteger reads = new AtomicInteger();
    return (Backend)
        Proxy.newProxyInstance(
            Backend.class.getClassLoader(),
            new Class<?>[] {Backend.class},
            (_, method, args) -> {
              Object result;
              try {
                result = method.invoke(backend, args);
              } catch (InvocationTargetException failed) {
                throw failed.getCause();
              }
              if (method.getName().equals("read")
                  && ((Buffer) args[0]).bytes() == Float.BYTES * PARAMETERS
                  && reads.incrementAndGet() == read) {
                MemorySegment values = (MemorySegment) args[1];
                values.set(ValueLayout.JAVA_INT, 400, values.get(ValueLayout.JAVA_INT, 400) ^ 1);
              }
              return result;
            });
  }
}
