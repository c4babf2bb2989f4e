package dev.kiln.models.zoo;

import dev.kiln.nn.EncoderDecoder;
import dev.kiln.nn.Layer;
import dev.kiln.nn.Models;
import dev.kiln.tensor.Shape;
import java.util.function.BiFunction;
import java.util.function.IntFunction;

/** How a network of the zoo is made, and so what it takes. */
public sealed interface Architecture {

  /** Returns what such a network takes, without the batch, such as {@code images [C, H, W]}. */
  String input();

  /**
   * A network for anything: images and tables alike, taken as a flat list of features.
   *
   * @param network makes the layer from [N, ...] to [N, outputs], for a number of outputs
   */
  record ForFeatures(IntFunction<Layer> network) implements Architecture {

    @Override
    public String input() {
      return "features [...]";
    }
  }

  /**
   * A network for words.
   *
   * @param network makes it
   */
  record ForWords(Maker network) implements Architecture {

    /** Makes a network for words. */
    @FunctionalInterface
    public interface Maker {

      /** Returns the network, from letters [N, T] and lengths [N] to logits [N, classes]. */
      Models.SequenceNetwork build(int letters, int classes);
    }

    @Override
    public String input() {
      return "words";
    }
  }

  /**
   * A network that continues texts.
   *
   * @param network makes it, for a number of characters
   */
  record ForText(IntFunction<LanguageModel> network) implements Architecture {

    @Override
    public String input() {
      return "windows of a text";
    }
  }

  /**
   * A network for images.
   *
   * @param network makes the layer from [N, C, H, W] to [N, outputs], for a number of outputs
   */
  record ForImages(IntFunction<Layer> network) implements Architecture {

    @Override
    public String input() {
      return "images [C, H, W]";
    }
  }

  /**
   * A network that turns one sequence of tokens into another.
   *
   * @param network makes the model, for the numbers of tokens of sources and of targets
   */
  record ForSequencePairs(BiFunction<Integer, Integer, EncoderDecoder> network)
      implements Architecture {

    @Override
    public String input() {
      return "pairs of sequences of tokens";
    }
  }

  /**
   * A network for sequences, and for images, whose rows are steps.
   *
   * @param network makes the layer from [N, T, features] or [N, C, H, W] to [N, outputs], for the
   *     shape of a sample and the number of outputs
   */
  record ForSteps(BiFunction<Shape, Integer, Layer> network) implements Architecture {

    @Override
    public String input() {
      return "sequences [T, features] or images [C, H, W]";
    }
  }
}
