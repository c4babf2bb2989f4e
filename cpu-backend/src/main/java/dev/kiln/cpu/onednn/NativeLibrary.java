package dev.kiln.cpu.onednn;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.net.URL;
import java.nio.file.Path;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;

/**
 * oneDNN and the OpenMP runtime it was built with, as bytedeco's {@code dnnl} jar carries them. They
 * are unpacked once into JavaCPP's cache, keyed by the jar's version, and loaded into this process.
 */
final class NativeLibrary {

  private static final String FOLDER = "/org/bytedeco/dnnl/" + Loader.getPlatform() + "/";
  private static final String OPENMP = "libgomp.so.1";
  private static final String ONEDNN = "libdnnl.so.3";

  private NativeLibrary() {}

  /** Returns in one sentence why the libraries cannot be loaded here, or empty. */
  static Optional<String> unavailableReason() {
    for (String file : new String[] {OPENMP, ONEDNN}) {
      if (resource(file) == null) {
        return Optional.of(
            "no oneDNN for %s is on the class path: add org.bytedeco:dnnl with the classifier %s"
                .formatted(Loader.getPlatform(), Loader.getPlatform()));
      }
    }
    return Optional.empty();
  }

  /** Returns the symbols of the OpenMP runtime. */
  static SymbolLookup openMp() {
    return SymbolLookup.libraryLookup(unpack(OPENMP), Arena.global());
  }

  /** Returns the symbols of oneDNN. Its OpenMP runtime is found beside it. */
  static SymbolLookup oneDnn() {
    unpack(OPENMP);
    return SymbolLookup.libraryLookup(unpack(ONEDNN), Arena.global());
  }

  private static Path unpack(String file) {
    URL resource = resource(file);
    if (resource == null) {
      throw new IllegalStateException(unavailableReason().orElse(file));
    }
    try {
      return Loader.cacheResource(resource).toPath();
    } catch (IOException failed) {
      throw new UncheckedIOException(
          "cannot unpack %s; set org.bytedeco.javacpp.cachedir to a writable folder"
              .formatted(file),
          failed);
    }
  }

  private static @Nullable URL resource(String file) {
    return NativeLibrary.class.getResource(FOLDER + file);
  }
}
