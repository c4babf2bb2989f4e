package dev.kiln.datasets;

import dev.kiln.data.CifarFile;
import dev.kiln.data.Normalize;
import java.net.URI;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** All data sets that Kiln knows by name. */
public final class Catalogue {

  /** Chooses who trains, validates and tests; no setting of a run changes it. */
  static final long SPLIT_SEED = 0;

  private static final List<String> DIGIT_NAMES =
      IntStream.range(0, 10).mapToObj(String::valueOf).toList();

  /** Published by Zalando in the data set's README; here by SHA-256 of the compressed files. */
  private static final URI FASHION_MNIST =
      URI.create("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/");

  private static final List<CatalogueEntry> ENTRIES =
      List.of(
          EmbeddedTable.digits(DIGIT_NAMES),
          EmbeddedTable.breastCancer(),
          EmbeddedSeries.co2(),
          EmbeddedSeries.sunspots(),
          new IdxImages(
              "fashion-mnist",
              "photos of clothes, 28x28 grey pixels (Xiao, Rasul, Vollgraf 2017)",
              List.of(
                  "T-shirt/top",
                  "trouser",
                  "pullover",
                  "dress",
                  "coat",
                  "sandal",
                  "shirt",
                  "sneaker",
                  "bag",
                  "ankle boot"),
              new Normalize(List.of(0.2860f), List.of(0.3530f)),
              "Install Debian's package (apt-get install dataset-fashion-mnist), let Kiln download"
                  + " it, or name a folder with its four IDX files by --data-dir.",
              new Download(
                  List.of(
                      file(
                          "train-images-idx3-ubyte.gz",
                          26_421_880,
                          "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
                      file(
                          "train-labels-idx1-ubyte.gz",
                          29_515,
                          "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
                      file(
                          "t10k-images-idx3-ubyte.gz",
                          4_422_102,
                          "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
                      file(
                          "t10k-labels-idx1-ubyte.gz",
                          5_148,
                          "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5")))),
          new IdxImages(
              "mnist",
              "handwritten digits, 28x28 grey pixels (LeCun, Cortes, Burges 1998)",
              DIGIT_NAMES,
              new Normalize(List.of(0.1307f), List.of(0.3081f)),
              "Name a folder with its four IDX files (train-images-idx3-ubyte and so on, gzip or"
                  + " not) by --data-dir.",
              new Download(List.of())),
          new CifarImages(
              "cifar10",
              "photos of animals and vehicles, 32x32 colour pixels (Krizhevsky 2009)",
              CifarFile.CLASS_NAMES,
              new Normalize(
                  List.of(0.4914f, 0.4822f, 0.4465f), List.of(0.2470f, 0.2435f, 0.2616f))),
          new WordLists(),
          new SpellToSound(),
          new CsvData(),
          new TextFile());

  private Catalogue() {}

  /** Returns every entry, those that come with Kiln first. */
  public static List<CatalogueEntry> entries() {
    return ENTRIES;
  }

  /**
   * Returns one entry.
   *
   * @param name its name
   * @throws IllegalArgumentException if there is none of that name; the message lists all
   */
  public static CatalogueEntry entry(String name) {
    return ENTRIES.stream()
        .filter(entry -> entry.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "unknown data set '%s'; there are %s"
                    .formatted(
                        name,
                        ENTRIES.stream()
                            .map(CatalogueEntry::name)
                            .collect(Collectors.joining(", ")))));
  }

  private static Download.File file(String name, long bytes, String sha256) {
    return new Download.File(FASHION_MNIST.resolve(name), name, bytes, sha256);
  }
}
