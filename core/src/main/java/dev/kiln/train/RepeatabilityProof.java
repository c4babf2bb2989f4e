package dev.kiln.train;

import dev.kiln.data.BatchLoader;
import dev.kiln.nn.Network;
import dev.kiln.nn.Parameter;
import dev.kiln.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * That a training computes the same bits every time: its first steps were made twice from the same
 * seed, each time with fresh plans, and after every step the loss, every parameter, statistic and
 * number of the optimizer were the same, bit by bit.
 *
 * @param steps how many steps were made twice
 * @param numbers how many numbers were compared after each
 */
public record RepeatabilityProof(int steps, long numbers) {

  /** The loss of a step, and by name the hash of everything that is held after it. */
  private record Step(double loss, Map<String, String> held) {}

  /**
   * Makes the first steps of a training twice. Nothing of it is kept.
   *
   * @param settings the training; its listeners are told nothing
   * @param steps how many steps; from the third on a backend replays what it recorded
   * @throws NotRepeatableException if something differs; names the step and the first that does
   */
  public static RepeatabilityProof of(TrainerBuilder settings, int steps) {
    List<Step> first = new ArrayList<>();
    long numbers = run(settings, steps, first);
    List<Step> second = new ArrayList<>();
    run(settings, steps, second);
    for (int i = 0; i < steps; i++) {
      compare(i + 1, first.get(i), second.get(i), settings.settings.seed());
    }
    return new RepeatabilityProof(steps, numbers);
  }

  /** Trains from the beginning and returns how many numbers are held. */
  private static long run(TrainerBuilder settings, int steps, List<Step> made) {
    try (Learner learner = settings.learner();
        BatchLoader loader = settings.loader()) {
      for (int i = 0; i < steps; i++) {
        double loss = learner.train(loader.next().fields());
        made.add(new Step(loss, held(learner)));
      }
      return learner.variables().names().stream()
          .mapToLong(name -> learner.variables().type(name).elements())
          .sum();
    }
  }

  private static Map<String, String> held(Learner learner) {
    Network network = learner.network();
    Map<String, String> hashes = new LinkedHashMap<>();
    for (String name : learner.variables().names()) {
      Tensor value = learner.variables().read(name);
      if (value.elements() == network.flatLength()) {
        for (Parameter parameter : network.parameters()) {
          long bytes = value.type().dtype().bytes();
          MemorySegment part =
              value
                  .data()
                  .asSlice(parameter.offset() * bytes, parameter.shape().elements() * bytes);
          String of = name.equals(Network.PARAMETERS) ? "parameter" : name + " of";
          hashes.put("%s %s".formatted(of, parameter.name()), hash(part));
        }
      } else {
        hashes.put(name, hash(value.data()));
      }
    }
    return hashes;
  }

  private static String hash(MemorySegment bytes) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes.asByteBuffer());
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every Java runtime has SHA-256", impossible);
    }
  }

  private static void compare(int number, Step first, Step second, long seed) {
    if (Double.doubleToRawLongBits(first.loss) != Double.doubleToRawLongBits(second.loss)) {
      throw new NotRepeatableException(
          number, seed, "the loss, once %s and once %s".formatted(first.loss, second.loss));
    }
    first.held.forEach((name, hash) -> {
      if (!hash.equals(second.held.get(name))) {
        throw new NotRepeatableException(number, seed, name);
      }
    });
  }
}
