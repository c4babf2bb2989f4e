package dev.kiln.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What Kiln is compared with is on the class path of its own processes alone. The class path of
 * these tests is the widest that a user's program can have: it holds every module of Kiln with what
 * it needs.
 */
class ClassPathTest {

  @ParameterizedTest
  @CsvSource({
    "dev.kiln.cli.Main, true",
    "com.fasterxml.jackson.databind.ObjectMapper, true",
    "ai.djl.Model, false",
    "org.nd4j.linalg.factory.Nd4j, false",
    "org.deeplearning4j.nn.graph.ComputationGraph, false",
    "org.openjdk.jmh.Main, false",
  })
  void holdsKilnAndWhatItNeedsAlone(String name, boolean needed) {
    assertThat(ClassLoader.getSystemResource(name.replace('.', '/') + ".class") != null)
        .as("whether %s is on the class path", name)
        .isEqualTo(needed);
  }
}
