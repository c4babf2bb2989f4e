package dev.kiln.cli;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.kiln.data.HorizontalFlip;
import dev.kiln.data.RandomCrop;
import dev.kiln.data.Transform;
import dev.kiln.tensor.TensorType;

/** The random changes of training images by name. */
enum Augmentation {
  /** Mirrors half of the images left to right. */
  FLIP,
  /** Moves each image by up to an eighth of its width. */
  CROP;

  /**
   * Returns the change for samples of a type.
   *
   * @throws UsageException if they are no images, or too small
   */
  Transform of(TensorType sample) {
    Transform transform =
        switch (this) {
          case FLIP -> new HorizontalFlip();
          case CROP -> new RandomCrop(Math.max(1, sample.shape().dim(-1) / 8));
        };
    try {
      transform.check(sample);
    } catch (IllegalArgumentException unfit) {
      throw new UsageException("--augment %s: %s".formatted(this, unfit.getMessage()), unfit);
    }
    return transform;
  }

  /** Returns the augmentation of a name. */
  @JsonCreator
  static Augmentation named(String name) {
    return NamedConstants.find("augmentation", values(), name);
  }

  /** Returns the name, such as {@code flip}. */
  @JsonValue
  @Override
  public String toString() {
    return NamedConstants.name(this);
  }
}
