package dev.kiln.cuda;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folders that NVIDIA's libraries are looked for in where the user has not named others, in
 * this order.
 *
 * @param root the folder of the whole system, {@code /}
 * @param home the user's own folder
 * @param environment the variables by their names
 */
record LibraryFolders(Path root, Path home, Map<String, String> environment) {

  private static final String TOOLKIT = "cuda";

  private static final Pattern VERSION = Pattern.compile("\\d+(\\.\\d+)*");

  /** Where a toolkit keeps its libraries; the first is a link to the second. */
  private static final List<String> OF_TOOLKIT = List.of("lib64", "targets/x86_64-linux/lib");

  /** Returns those of the machine and the user that this process runs for. */
  static LibraryFolders ofThisMachine() {
    return new LibraryFolders(
        Path.of("/"), Path.of(System.getProperty("user.home")), System.getenv());
  }

  /** Returns the folders of a list such as {@code LD_LIBRARY_PATH}. */
  static List<Path> of(String list) {
    return Arrays.stream(list.split(File.pathSeparator))
        .filter(folder -> !folder.isEmpty())
        .map(Path::of)
        .toList();
  }

  /**
   * Returns the folders before those that the system's loader knows: what the Maven profile
   * cuda-libraries brought, {@code LD_LIBRARY_PATH}, and the toolkits that {@code CUDA_HOME} and
   * {@code CUDA_PATH} name.
   */
  List<Path> chosen() {
    return Stream.of(
            Stream.of(home.resolve(".cache/kiln/cuda-libraries")),
            of(environment.getOrDefault("LD_LIBRARY_PATH", "")).stream(),
            variables("CUDA_HOME", "CUDA_PATH").flatMap(LibraryFolders::ofToolkit))
        .flatMap(folders -> folders)
        .filter(Files::isDirectory)
        .toList();
  }

  /**
   * Returns the folders after those that the system's loader knows: the toolkits in {@code
   * /usr/local} and {@code /opt}, the one without a version first and then the newest, the system's
   * own folder, and those of Python's pip.
   */
  List<Path> usual() {
    return Stream.of(
            Stream.of("usr/local", "opt").flatMap(parent -> toolkits(root.resolve(parent))),
            Stream.of(root.resolve("usr/lib/x86_64-linux-gnu")),
            ofPip())
        .flatMap(folders -> folders)
        .filter(Files::isDirectory)
        .toList();
  }

  private static Stream<Path> toolkits(Path parent) {
    Stream<Path> versions =
        matching(parent, TOOLKIT + "-*").stream()
            .filter(toolkit -> VERSION.matcher(versionName(toolkit)).matches())
            .sorted(Comparator.comparing(LibraryFolders::version).reversed());
    return Stream.concat(Stream.of(parent.resolve(TOOLKIT)), versions)
        .flatMap(LibraryFolders::ofToolkit);
  }

  private static Version version(Path toolkit) {
    return Version.parse(versionName(toolkit));
  }

  private static String versionName(Path toolkit) {
    return toolkit.getFileName().toString().substring(TOOLKIT.length() + 1);
  }

  private static Stream<Path> ofToolkit(Path toolkit) {
    return OF_TOOLKIT.stream().map(toolkit::resolve);
  }

  /**
   * Where pip puts NVIDIA's libraries when it installs PyTorch and the like: {@code
   * lib/python3.x/site-packages/nvidia/cudnn/lib}; those of the environment in use first.
   */
  private Stream<Path> ofPip() {
    Stream<Path> places =
        Stream.concat(
            Stream.of(home.resolve(".local")),
            Stream.of("usr/local", "usr", "opt/conda").map(root::resolve));
    return Stream.concat(variables("VIRTUAL_ENV", "CONDA_PREFIX"), places)
        .flatMap(place -> matching(place.resolve("lib"), "python3*").stream())
        .flatMap(python -> matching(python, "{site,dist}-packages").stream())
        .flatMap(packages ->
            Stream.concat(
                matching(packages.resolve("nvidia"), "*").stream().map(of -> of.resolve("lib")),
                Stream.of(packages.resolve("torch/lib"))));
  }

  /** Returns the folders that variables name. */
  private Stream<Path> variables(String... names) {
    return Arrays.stream(names)
        .map(name -> environment.getOrDefault(name, ""))
        .filter(folder -> !folder.isEmpty())
        .map(Path::of);
  }

  private static List<Path> matching(Path folder, String pattern) {
    List<Path> found = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> matches = Files.newDirectoryStream(folder, pattern)) {
        matches.forEach(found::add);
      } catch (IOException failed) {
        throw new UncheckedIOException("cannot look for libraries in " + folder, failed);
      }
    }
    return found.stream().sorted().toList();
  }
}
