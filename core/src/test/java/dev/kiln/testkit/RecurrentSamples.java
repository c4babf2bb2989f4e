package dev.kiln.testkit;

import dev.kiln.op.Dropout;
import dev.kiln.op.Recurrent;
import dev.kiln.op.RecurrentCell;
import dev.kiln.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/** Samples of recurrent stacks: every cell in every arrangement, and the awkward sizes. */
final class RecurrentSamples {

  private RecurrentSamples() {}

  /** The sizes of a sample: sequences, steps, features of the input, size of the state. */
  private record Sizes(String name, int batch, int steps, int features, int hidden) {}

  private static final Sizes ORDINARY = new Sizes("ordinary", 4, 5, 3, 6);

  private static final List<Sizes> AWKWARD =
      List.of(
          new Sizes("one of everything", 1, 1, 1, 1),
          new Sizes("one sequence", 1, 6, 3, 4),
          new Sizes("one step", 4, 1, 3, 5),
          new Sizes("one feature", 3, 4, 1, 5),
          new Sizes("one unit", 3, 4, 5, 1),
          new Sizes("13 of everything", 13, 13, 13, 13),
          new Sizes("16 units", 2, 3, 16, 16),
          new Sizes("129 features", 2, 3, 129, 7),
          new Sizes("129 units", 2, 2, 3, 129));

  /** More than a backend wants for each of several threads, and not as many for every thread. */
  private static final Sizes MANY = new Sizes("many sequences", 37, 4, 3, 6);

  private static final Dropout NONE = new Dropout(0, 0);

  static List<Sample> all() {
    List<Sample> samples = new ArrayList<>();
    for (RecurrentCell cell : RecurrentCell.values()) {
      for (int layers = 1; layers <= 3; layers++) {
        for (boolean bidirectional : List.of(false, true)) {
          for (boolean ragged : List.of(false, true)) {
            samples.add(
                sample(new Recurrent(cell, 6, layers, bidirectional, ragged, NONE), ORDINARY));
            if (layers > 1) {
              Dropout dropout = new Dropout(0.4, 7);
              samples.add(
                  sample(new Recurrent(cell, 6, layers, bidirectional, ragged, dropout), ORDINARY));
            }
          }
        }
      }
      for (Sizes sizes : AWKWARD) {
        samples.add(sample(Recurrent.of(cell, sizes.hidden), sizes));
        samples.add(sample(new Recurrent(cell, sizes.hidden, 2, true, true, NONE), sizes));
      }
      samples.add(sample(Recurrent.of(cell, MANY.hidden), MANY));
      samples.add(sample(new Recurrent(cell, MANY.hidden, 3, false, false, NONE), MANY));
      Dropout dropout = new Dropout(0.4, 7);
      samples.add(sample(new Recurrent(cell, MANY.hidden, 3, true, false, dropout), MANY));
      samples.add(lengths(cell, "all end after one step", Domain.cycle(1)));
      samples.add(lengths(cell, "the shortest first", Domain.cycle(1, 3, 2, 5)));
      samples.add(invalidLengths(cell));
    }
    samples.add(activeRectifier());
    return samples;
  }

  private static Sample sample(Recurrent spec, Sizes sizes) {
    Domain lengths = Domain.cycle(sizes.steps, 1, (sizes.steps + 1) / 2);
    Sample sample = sample(spec, sizes, Domain.uniform(-0.5, 0.5), lengths);
    return spec.cell() == RecurrentCell.RNN_RELU ? sample.atKinks() : sample;
  }

  /** Three layers in both directions, with sequences of these lengths. */
  private static Sample lengths(RecurrentCell cell, String name, Domain lengths) {
    Recurrent spec = new Recurrent(cell, 6, 3, true, true, NONE);
    Sample sample = sample(spec, new Sizes(name, 4, 5, 3, 6), Domain.uniform(-0.5, 0.5), lengths);
    return cell == RecurrentCell.RNN_RELU ? sample.atKinks() : sample;
  }

  /** Lengths that no sequence can have: 0, and one step more than there is. */
  private static Sample invalidLengths(RecurrentCell cell) {
    Recurrent spec = new Recurrent(cell, 6, 2, true, true, NONE);
    return sample(
            spec,
            new Sizes("invalid lengths", 4, 5, 3, 6),
            Domain.uniform(-0.5, 0.5),
            Domain.cycle(5, 0, 2, 6))
        .atKinks();
  }

  /** A rectifier that is nowhere near its kink, so that differences can confirm the gradient. */
  private static Sample activeRectifier() {
    Recurrent spec = new Recurrent(RecurrentCell.RNN_RELU, 6, 2, true, true, NONE);
    Sizes sizes = new Sizes("always active", 4, 5, 3, 6);
    Domain positive = Domain.uniform(0.1, 0.2);
    Sample sample = sample(spec, sizes, positive, Domain.cycle(5, 1, 3));
    List<Operand> operands = new ArrayList<>(sample.operands());
    operands.set(0, Operand.of(Domain.uniform(0.5, 1), 4, 5, 3));
    operands.set(2, Operand.of(Domain.uniform(0.5, 1), 4, 4, 6));
    return new Sample(sample.name(), spec, operands, sample.tolerance(), true);
  }

  private static Sample sample(Recurrent spec, Sizes sizes, Domain weights, Domain lengths) {
    int[] state = {spec.layers() * spec.directions(), sizes.batch, sizes.hidden};
    List<Operand> operands = new ArrayList<>();
    operands.add(Operand.normal(sizes.batch, sizes.steps, sizes.features));
    operands.add(Operand.of(weights, Math.toIntExact(spec.weights(sizes.features).length())));
    operands.add(Operand.normal(state));
    if (spec.cell().hasMemory()) {
      operands.add(Operand.normal(state));
    }
    if (spec.ragged()) {
      operands.add(Operand.of(DType.I64, lengths, sizes.batch));
    }
    if (spec.hasDropout()) {
      operands.add(Operand.of(DType.I64, Domain.cycle(42, 3), 2));
    }
    String name =
        "%s, %s, %d layers%s%s%s"
            .formatted(
                spec.cell(),
                sizes.name,
                spec.layers(),
                spec.bidirectional() ? ", both directions" : "",
                spec.ragged() ? ", ragged" : "",
                spec.hasDropout() ? ", dropout" : "");
    return Sample.of(name, spec, operands.toArray(Operand[]::new)).within(1e-4, 1e-4);
  }
}
