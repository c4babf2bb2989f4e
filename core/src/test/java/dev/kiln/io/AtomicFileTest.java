package dev.kiln.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {

  @TempDir Path folder;
  Path file;

  @BeforeEach
  void anOldFileStands() throws IOException {
    file = folder.resolve("weights");
    Files.writeString(file, "old");
  }

  @Test
  void replacesTheContentAndLeavesNothingElse() throws IOException {
    AtomicFile.write(file, channel -> channel.write(bytes("new content")));
    assertThat(file).hasContent("new content");
    assertThat(folder).isDirectoryNotContaining(path -> !path.equals(file));
  }

  @Test
  void createsAFileThatWasNotThere() throws IOException {
    Path fresh = folder.resolve("fresh");
    AtomicFile.write(fresh, channel -> channel.write(bytes("x")));
    assertThat(fresh).hasContent("x");
  }

  @Test
  void aFailureHalfwayLeavesTheOldFileAndNoTemporary() {
    assertThatThrownBy(() ->
            AtomicFile.write(
                file,
                channel -> {
                  channel.write(bytes("half"));
                  throw new IOException("No space left on device");
                }))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "cannot write "
                + file
                + ": No space left on device; the file that was there, if any, is unchanged");
    assertOnlyTheOldFile();
  }

  @Test
  void aBugInTheContentLeavesTheOldFileAndNoTemporary() {
    IllegalStateException bug = new IllegalStateException("bug");
    assertThatThrownBy(() ->
            AtomicFile.write(
                file,
                channel -> {
                  throw bug;
                }))
        .isSameAs(bug);
    assertOnlyTheOldFile();
  }

  @Test
  void theOldContentIsVisibleUntilTheNewIsWhole() throws IOException {
    AtomicFile.write(
        file,
        channel -> {
          channel.write(bytes("new"));
          assertThat(file).hasContent("old");
        });
    assertThat(file).hasContent("new");
  }

  @Test
  void theLeftoverOfAKilledProcessIsReplaced() throws IOException {
    Path leftover = folder.resolve(".weights." + ProcessHandle.current().pid() + ".part");
    Files.writeString(leftover, "rubbish that is longer than the new content");
    AtomicFile.write(file, channel -> channel.write(bytes("new")));
    assertThat(file).hasContent("new");
    assertThat(leftover).doesNotExist();
  }

  @Test
  void namesAMissingFolder() {
    Path missing = folder.resolve("missing");
    assertThatThrownBy(() -> AtomicFile.write(missing.resolve("f"), channel -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the folder " + missing + " does not exist");
  }

  @Test
  void refusesAFolderAsTarget() {
    assertThatThrownBy(() -> AtomicFile.write(folder, channel -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("it is a folder");
  }

  @Test
  void namesAFolderWithoutPermission() throws IOException {
    Path locked = Files.createDirectory(folder.resolve("locked"));
    Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-x------"));
    assumeFalse(Files.isWritable(locked), "this user may write anywhere");
    assertThatThrownBy(() -> AtomicFile.write(locked.resolve("f"), channel -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no permission to write in " + locked);
  }

  private void assertOnlyTheOldFile() {
    assertThat(file).hasContent("old");
    assertThat(folder).isDirectoryNotContaining(path -> !path.equals(file));
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
