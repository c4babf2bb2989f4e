package dev.kiln.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of a library that is missing, and of one that is there and is none. */
class CudaLibrariesIsolatedTest {

  private static final String CUDNN = CudaLibrary.CUDNN.fileName();

  @TempDir private Path first;
  @TempDir private Path second;

  private @Nullable String before;

  @AfterEach
  void lookWhereItDidBefore() {
    if (before == null) {
      System.clearProperty(CudaLibraries.FOLDERS);
    } else {
      System.setProperty(CudaLibraries.FOLDERS, before);
    }
  }

  private void lookInBoth() {
    before = System.setProperty(CudaLibraries.FOLDERS, first + ":" + second);
  }

  private static Finding examined() {
    return new CudaProvider()
        .examine().stream()
            .filter(finding -> finding.subject().equals(CUDNN))
            .findFirst()
            .orElseThrow();
  }

  @Test
  void aMissingOneIsNotFound() {
    lookInBoth();
    assertThat(CudaLibraries.load(CudaLibrary.CUDNN)).isEqualTo(new Loading.NotFound());
    assertThat(examined().detail()).startsWith("not found; it belongs to cuDNN 9");
  }

  @Test
  void aBrokenOneIsNamedWithWhatTheLoaderSays() throws IOException {
    Path file = Files.writeString(second.resolve(CUDNN), "no library");
    lookInBoth();
    assertThat(CudaLibraries.load(CudaLibrary.CUDNN))
        .isInstanceOfSatisfying(
            Loading.Broken.class,
            broken -> {
              assertThat(broken.file()).isEqualTo(file);
              assertThat(broken.why()).contains("file too short").doesNotContain(CUDNN);
            });
    assertThat(examined().state()).isEqualTo(Finding.State.MISSING);
    assertThat(examined().detail()).startsWith(file + " cannot be loaded: file too short");
    assertThat(examined().remedy()).contains("replace that file, or remove it");
  }

  @Test
  void theFirstFolderThatHasAFileOfItsNameDecides() throws IOException {
    Path broken = Files.writeString(first.resolve(CUDNN), "no library");
    Files.writeString(second.resolve(CUDNN), "no library either");
    lookInBoth();
    assertThat(CudaLibraries.load(CudaLibrary.CUDNN))
        .isInstanceOfSatisfying(
            Loading.Broken.class, found -> assertThat(found.file()).isEqualTo(broken));
  }

  @Test
  void theBackendTellsWhyItCannotRun() throws IOException {
    Path file = Files.writeString(first.resolve(CudaLibrary.DRIVER.fileName()), "no library");
    lookInBoth();
    assertThat(new CudaProvider().unavailableReason())
        .hasValueSatisfying(reason ->
            assertThat(reason)
                .startsWith(file + " cannot be loaded: ")
                .endsWith("replace that file, or remove it"));
  }
}
