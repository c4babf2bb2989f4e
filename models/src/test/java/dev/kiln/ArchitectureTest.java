package dev.kiln;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Who may depend on whom. It stands in the module that has every other one on its class path. */
class ArchitectureTest {
  /** A package of Kiln with its subpackages, and the other ones that it may use. */
  private record Layer(String name, String... uses) {}

  private static final List<Layer> LAYERS =
      List.of(
          new Layer("tensor"),
          new Layer("io"),
          new Layer("safetensors", "tensor", "io"),
          new Layer("op", "tensor"),
          new Layer("graph", "tensor", "op"),
          new Layer("backend", "tensor", "op", "graph"),
          new Layer("profile", "io"),
          new Layer("exec", "tensor", "op", "graph", "backend", "profile"),
          new Layer("nn", "tensor", "op", "graph", "backend", "exec"),
          new Layer("decode", "tensor", "op", "graph", "backend", "exec", "nn"),
          new Layer("data", "tensor", "op", "graph", "backend", "profile", "exec"),
          new Layer("metrics", "tensor", "op", "graph", "backend", "exec"),
          new Layer(
              "train",
              "tensor",
              "io",
              "safetensors",
              "op",
              "graph",
              "backend",
              "profile",
              "exec",
              "nn",
              "data",
              "metrics"),
          new Layer(
              "check",
              "tensor",
              "safetensors",
              "op",
              "graph",
              "backend",
              "exec",
              "metrics",
              "train"),
          new Layer("cpu", "tensor", "op", "graph", "backend"),
          new Layer("cuda", "tensor", "op", "graph", "backend"),
          new Layer(
              "models", "tensor", "op", "graph", "backend", "exec", "nn", "decode", "data",
              "metrics", "train"),
          new Layer("datasets", "tensor", "io", "data", "models"),
          new Layer("report", "metrics"),
          new Layer("tensorboard"),
          new Layer("evaluation", "tensor", "nn", "data", "metrics", "train", "models", "report"),
          new Layer(
              "cli",
              "tensor",
              "io",
              "safetensors",
              "op",
              "graph",
              "backend",
              "profile",
              "exec",
              "nn",
              "decode",
              "data",
              "metrics",
              "train",
              "check",
              "datasets",
              "models",
              "report",
              "evaluation",
              "tensorboard"));

  private static final JavaClasses KILN = importKiln();

  private static JavaClasses importKiln() {
    // Kiln's own classes only: reading what they use of the JDK and of libraries would take longer.
    ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    return new ClassFileImporter()
        .withImportOption(location -> !location.contains("/test-classes/"))
        .withImportOption(location -> !location.contains("-tests.jar"))
        .importPackages("dev.kiln");
  }

  @Test
  void packagesPointOneWay() {
    LayeredArchitecture architecture =
        layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .ensureAllClassesAreContainedInArchitecture();
    for (Layer layer : LAYERS) {
      architecture =
          architecture.optionalLayer(layer.name).definedBy("dev.kiln." + layer.name + "..");
    }
    for (Layer layer : LAYERS) {
      architecture =
          layer.uses.length == 0
              ? architecture.whereLayer(layer.name).mayNotAccessAnyLayer()
              : architecture.whereLayer(layer.name).mayOnlyAccessLayers(layer.uses);
    }
    architecture.check(KILN);
  }

  @Test
  void onlyTheCpuBackendCallsOneDnn() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.kiln.cpu..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.bytedeco..")
        .check(KILN);
  }

  @Test
  void onlyTheCudaBackendCallsCuda() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.kiln.cuda..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jcuda..")
        .check(KILN);
  }

  @Test
  void everyPackageIsNullMarked() {
    assertThat(KILN.stream().map(JavaClass::getPackage).distinct())
        .isNotEmpty()
        .allSatisfy(found ->
            assertThat(found.isAnnotatedWith(NullMarked.class)).as(found.getName()).isTrue());
  }
}
