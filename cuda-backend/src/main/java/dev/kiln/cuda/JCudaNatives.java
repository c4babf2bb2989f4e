package dev.kiln.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import jcuda.JCudaVersion;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.jcudnn.JCudnn;
import jcuda.nvrtc.JNvrtc;

/**
 * The native half of JCuda. Its own loader unpacks it under fixed names into the folder for
 * temporary files and trusts whatever lies there; so it is unpacked here beforehand, into a folder
 * that only the user can write to, and the loader is sent there.
 */
final class JCudaNatives {

  private static final String TEMPORARY_FOLDER = "java.io.tmpdir";

  private static boolean compilerLoaded;
  private static boolean allLoaded;

  private JCudaNatives() {}

  /** Loads what calls NVRTC, once; that must be loaded. */
  static synchronized void loadCompiler() {
    if (!compilerLoaded) {
      load(List.of("JNvrtc"), () -> JNvrtc.setExceptionsEnabled(false));
      compilerLoaded = true;
    }
  }

  /** Loads all of it, once. NVIDIA's libraries must be loaded. */
  static synchronized void loadAll() {
    loadCompiler();
    if (!allLoaded) {
      load(List.of("JCudaDriver", "JCublas2", "JCudnn"), JCudaNatives::initialize);
      allLoaded = true;
    }
  }

  /** Each class loads its library when it is first used. */
  private static void initialize() {
    JCudaDriver.setExceptionsEnabled(false);
    JCublas2.setExceptionsEnabled(false);
    JCublas2.initialize();
    JCudnn.setExceptionsEnabled(false);
    JCudnn.initialize();
  }

  private static void load(List<String> libraries, Runnable classes) {
    Path folder = PrivateFolder.of("jcuda-" + JCudaVersion.get());
    libraries.forEach(library -> unpack(folder, fileName(library)));
    String temporary = System.getProperty(TEMPORARY_FOLDER);
    System.setProperty(TEMPORARY_FOLDER, folder.toString());
    try {
      classes.run();
    } finally {
      System.setProperty(TEMPORARY_FOLDER, temporary);
    }
  }

  private static String fileName(String library) {
    return "lib%s-%s-linux-x86_64.so".formatted(library, JCudaVersion.get());
  }

  /** Writes a library unless it lies there already as it is in the jar. */
  private static void unpack(Path folder, String fileName) {
    try (InputStream resource = JCudaNatives.class.getResourceAsStream("/lib/" + fileName)) {
      if (resource == null) {
        throw new IllegalStateException(
            "%s is not on the class path: add org.jcuda's natives for linux-x86_64"
                .formatted(fileName));
      }
      byte[] content = resource.readAllBytes();
      Path file = folder.resolve(fileName);
      if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), content)) {
        PrivateFolder.write(file, content);
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(
          "cannot unpack %s into %s; %s names another folder"
              .formatted(fileName, folder, PrivateFolder.ADVICE),
          failed);
    }
  }
}
