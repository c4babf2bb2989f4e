package dev.kiln.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommitBuildTest {

  @TempDir private Path root;

  private void git(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("git", "-C", root.toString()));
    command.addAll(List.of("-c", "user.name=Someone", "-c", "user.email=someone@example.org"));
    command.addAll(List.of(arguments));
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  @Test
  void findsACommitByWhateverGitTakesForOne() throws IOException, InterruptedException {
    git("init", "-q");
    Path driver = root.resolve("bench/src/main/java/dev/kiln/bench/peer/KilnDriver.java");
    Files.createDirectories(driver.getParent());
    Files.writeString(driver, "");
    git("add", ".");
    git("commit", "-q", "-m", "A faster product\n\nBy half.");
    CommitBuild build = CommitBuild.of(root, "HEAD");
    assertThat(build.commit()).startsWith(build.name()).hasSize(40);
    assertThat(build.subject()).isEqualTo("A faster product");
  }

  @Test
  void saysWhatItCannotMeasure() throws IOException, InterruptedException {
    git("init", "-q");
    git("commit", "-q", "--allow-empty", "-m", "Nothing");
    assertThatThrownBy(() -> CommitBuild.of(root, "HEAD"))
        .isInstanceOf(AbsentPeerException.class)
        .hasMessageContaining("older than 'kiln bench'");
    assertThatThrownBy(() -> CommitBuild.of(root, "no-such"))
        .isInstanceOf(AbsentPeerException.class)
        .hasMessageContaining("git has no commit 'no-such'");
    assertThatThrownBy(() -> CommitBuild.of(root, "--help"))
        .isInstanceOf(AbsentPeerException.class)
        .hasMessageContaining("git has no commit '--help'");
  }

  @Test
  void saysWhereThereIsNoGit() {
    assertThatThrownBy(() -> CommitBuild.of(root, "HEAD"))
        .isInstanceOf(AbsentPeerException.class)
        .hasMessageContaining("git has no commit 'HEAD' in " + root);
  }
}
