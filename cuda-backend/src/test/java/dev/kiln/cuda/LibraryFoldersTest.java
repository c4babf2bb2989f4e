package dev.kiln.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The order in which folders are looked in. */
class LibraryFoldersTest {

  private static final List<String> CHOSEN =
      List.of(
          "home/.cache/kiln/cuda-libraries",
          "first",
          "second",
          "own-cuda/lib64",
          "own-cuda/targets/x86_64-linux/lib",
          "other-cuda/lib64");

  private static final List<String> USUAL =
      List.of(
          "usr/local/cuda/lib64",
          "usr/local/cuda-12.10/targets/x86_64-linux/lib",
          "usr/local/cuda-12.9/lib64",
          "usr/local/cuda-12.9/targets/x86_64-linux/lib",
          "opt/cuda/lib64",
          "usr/lib/x86_64-linux-gnu",
          "venv/lib/python3.13/site-packages/nvidia/cublas/lib",
          "venv/lib/python3.13/site-packages/nvidia/cudnn/lib",
          "venv/lib/python3.13/site-packages/torch/lib",
          "conda/lib/python3.12/site-packages/nvidia/cudnn/lib",
          "home/.local/lib/python3.11/site-packages/nvidia/cuda_nvrtc/lib",
          "usr/local/lib/python3.11/dist-packages/nvidia/cudnn/lib",
          "usr/lib/python3/dist-packages/nvidia/cudnn/lib",
          "opt/conda/lib/python3.12/site-packages/torch/lib");

  @TempDir private Path root;

  private LibraryFolders folders;

  @BeforeEach
  void makeNone() {
    folders =
        new LibraryFolders(
            root,
            root.resolve("home"),
            Map.of(
                "LD_LIBRARY_PATH",
                    "%s::%s".formatted(root.resolve("first"), root.resolve("second")),
                "CUDA_HOME", root.resolve("own-cuda").toString(),
                "CUDA_PATH", root.resolve("other-cuda").toString(),
                "VIRTUAL_ENV", root.resolve("venv").toString(),
                "CONDA_PREFIX", root.resolve("conda").toString()));
  }

  private List<Path> make(List<String> names) throws IOException {
    // The last first, so that no order of the file system is taken for that of the search.
    for (String name : names.reversed()) {
      Files.createDirectories(root.resolve(name));
    }
    return names.stream().map(root::resolve).toList();
  }

  @Test
  void whatTheUserChoseComesInThisOrder() throws IOException {
    List<Path> made = make(CHOSEN);
    assertThat(folders.chosen()).isEqualTo(made);
  }

  @Test
  void theUsualOnesComeInThisOrder() throws IOException {
    List<Path> made = make(USUAL);
    make(List.of("usr/local/cuda-backup/lib64", "usr/local/cuda-12.9.old./lib64"));
    assertThat(folders.usual()).isEqualTo(made);
  }

  @Test
  void whereThereIsNoneThereIsNone() {
    assertThat(folders.chosen()).isEmpty();
    assertThat(folders.usual()).isEmpty();
    assertThat(new LibraryFolders(root, root, Map.of()).chosen()).isEmpty();
  }
}
