package dev.kiln.cpu.onednn;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.URL;
import java.nio.file.Path;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;

/**
 * oneDNN and the OpenMP runtime it was built with, as bytedeco's {@code dnnl} jar carries them.
 * They are unpacked once into JavaCPP's cache, keyed by the jar's version, and loaded into this
 * process.
 */
final class NativeLibrary {

  private static final String FOLDER = "/org/bytedeco/dnnl/" + Loader.getPlatform() + "/";
  private static final String OPENMP = "libgomp.so.1";
  private static final String ONEDNN = "libdnnl.so.3";
  private static final String SPIN_COUNT = "3000";
  private static final int KEEP = 0;

  private NativeLibrary() {}

  /** Returns in one sentence why the libraries cannot be loaded here, or empty. */
  static Optional<String> unavailableReason() {
    if (!Loader.getPlatform().startsWith("linux-")) {
      return Optional.of("Kiln calls oneDNN on Linux only, and this is " + Loader.getPlatform());
    }
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
    return Holder.OPENMP_SYMBOLS;
  }

  /** Returns the symbols of oneDNN. */
  static SymbolLookup oneDnn() {
    return Holder.ONEDNN_SYMBOLS;
  }

  /** Loads both libraries once, when first asked for, the one that the other needs first. */
  private static final class Holder {
    static final SymbolLookup OPENMP_SYMBOLS;
    static final SymbolLookup ONEDNN_SYMBOLS;

    static {
      limitSpinning();
      OPENMP_SYMBOLS = load(OPENMP);
      ONEDNN_SYMBOLS = load(ONEDNN);
    }

    @SuppressWarnings("restricted")
    private static SymbolLookup load(String file) {
      return SymbolLookup.libraryLookup(unpack(file), Arena.global());
    }
  }

  /**
   * Lets OpenMP's idle threads spin for some 50 microseconds, which bridges the gaps between the
   * primitives of a step, and sleep then. Left alone they spin for milliseconds: on a busy machine
   * every primitive would wait for a thread that has lost its processor to a spinning one. OpenMP
   * reads its environment when it is loaded; what the user has set there stays.
   */
  @SuppressWarnings("restricted")
  private static void limitSpinning() {
    if (System.getenv("OMP_WAIT_POLICY") != null) {
      return;
    }
    Linker linker = Linker.nativeLinker();
    MethodHandle setEnvironment =
        linker.downcallHandle(
            linker.defaultLookup().find("setenv").orElseThrow(),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT));
    try (Arena arena = Arena.ofConfined()) {
      int status =
          (int)
              setEnvironment.invokeExact(
                  arena.allocateFrom("GOMP_SPINCOUNT"), arena.allocateFrom(SPIN_COUNT), KEEP);
      if (status != 0) {
        throw new IllegalStateException("setenv failed: the process has no memory left");
      }
    } catch (IllegalStateException failed) {
      throw failed;
    } catch (Throwable impossible) {
      // A method handle declares Throwable; one of a C function throws nothing.
      throw new AssertionError(impossible);
    }
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
