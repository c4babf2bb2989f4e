package dev.kiln.cpu.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class OpenMpTeamTest {

  @Test
  void everyPartRunsOnceInEveryRun() {
    AtomicIntegerArray runs = new AtomicIntegerArray(OpenMpTeam.size());
    try (OpenMpTeam team = new OpenMpTeam()) {
      for (int i = 0; i < 100; i++) {
        team.run(runs::incrementAndGet);
      }
    }
    for (int part = 0; part < runs.length(); part++) {
      assertThat(runs.get(part)).as("part %d", part).isEqualTo(100);
    }
  }

  @Test
  void aFailureReachesTheCallerAndLeavesTheTeamUsable() {
    try (OpenMpTeam team = new OpenMpTeam()) {
      assertThatThrownBy(() ->
              team.run(part -> {
                throw new IllegalStateException("part " + part);
              }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("part ");
      AtomicIntegerArray runs = new AtomicIntegerArray(OpenMpTeam.size());
      team.run(runs::incrementAndGet);
      assertThat(runs.get(0)).isEqualTo(1);
    }
  }
}
