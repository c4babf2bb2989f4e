package dev.kiln.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Replaces a file in one step: readers, a crash or a full disk find the old content or the new,
 * never a part.
 *
 * <p>The content goes to a temporary file in the same folder, which is synced to the disk, renamed
 * over the target, and the folder synced, so that the rename itself survives a power failure.
 */
public final class AtomicFile {

  private AtomicFile() {}

  /** What writes the content. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes the whole content.
     *
     * @param channel receives it, positioned at the start of an empty file
     * @throws IOException if it cannot be written
     */
    void writeTo(WritableByteChannel channel) throws IOException;
  }

  /**
   * Replaces {@code file} by {@code content}, or creates it.
   *
   * @param file the target, in a folder that exists
   * @param content writes the new content
   * @throws IOException if any step fails; the message names the file and the reason, and the old
   *     file stands untouched
   */
  public static void write(Path file, Content content) throws IOException {
    Path target = file.toAbsolutePath();
    Path folder = target.getParent();
    if (folder == null || Files.isDirectory(target)) {
      throw new IOException("cannot write " + file + ": it is a folder; name a file");
    }
    Path temporary =
        folder.resolve("." + target.getFileName() + "." + ProcessHandle.current().pid() + ".part");
    try {
      Files.deleteIfExists(temporary); // of a killed process that had the same id
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        content.writeTo(channel);
        channel.force(true);
      }
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      IOException failure =
          new IOException(
              "cannot write %s: %s; the file that was there, if any, is unchanged"
                  .formatted(file, reason(temporary, e)),
              e);
      discard(temporary, failure);
      throw failure;
    } catch (RuntimeException | Error e) {
      discard(temporary, e);
      throw e;
    }
    syncFolder(folder);
  }

  /** POSIX keeps a rename in the folder's own data; elsewhere a folder cannot be opened to sync. */
  private static void syncFolder(Path folder) throws IOException {
    if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  private static void discard(Path temporary, Throwable failure) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException leftover) {
      failure.addSuppressed(leftover);
    }
  }

  private static String reason(Path temporary, IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "the folder " + temporary.getParent() + " does not exist";
      case AccessDeniedException _ -> "no permission to write in " + temporary.getParent();
      case FileSystemException f when f.getReason() != null -> f.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }
}
