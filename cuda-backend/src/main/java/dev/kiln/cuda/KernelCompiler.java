package dev.kiln.cuda;

import dev.kiln.tensor.DType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Compiles Kiln's kernels for one GPU and keeps the results on disk, each under a name made of the
 * source, the options, the target and the compiler's version.
 */
final class KernelCompiler {

  private final CompilerTarget target;
  private final String version;
  private final Path folder;

  /** Creates a compiler. */
  KernelCompiler(CompilerTarget target) {
    this.target = target;
    this.version = Nvrtc.version();
    this.folder = PrivateFolder.of("kernels");
  }

  /** Returns the image of a file of kernels that compute with elements of one type. */
  byte[] compile(String file, DType real) {
    KernelSource source = KernelSource.of(file, real);
    Path kept =
        folder.resolve(
            "%s-%s-%s.%s".formatted(file, target, hash(source), target.form().fileEnding()));
    try {
      if (Files.exists(kept)) {
        return Files.readAllBytes(kept);
      }
      byte[] image = Nvrtc.compile(source, target);
      PrivateFolder.write(kept, image);
      return image;
    } catch (IOException failed) {
      throw new UncheckedIOException(
          "cannot keep compiled kernels in %s; %s names another folder"
              .formatted(folder, PrivateFolder.ADVICE),
          failed);
    }
  }

  private String hash(KernelSource source) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String part : new String[] {source.text(), source.options().toString(), version}) {
        digest.update(part.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 16);
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every Java runtime has SHA-256", impossible);
    }
  }
}
