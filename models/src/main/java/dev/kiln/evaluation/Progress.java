package dev.kiln.evaluation;

/** Is told how far an examination has come. */
@FunctionalInterface
public interface Progress {

  /** Tells nobody. */
  Progress UNSEEN = (what, done, all) -> {};

  /**
   * Something more is done.
   *
   * @param what of what, in the plural, such as {@code samples}
   * @param done how many are done
   * @param all how many there are
   */
  void advanced(String what, long done, long all);
}
