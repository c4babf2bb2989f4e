package dev.kiln.cpu.onednn;

import dev.kiln.op.Binary;
import dev.kiln.op.Conv2d;
import dev.kiln.op.Linear;
import dev.kiln.op.OpSpec;
import dev.kiln.op.PrivateSpec;
import dev.kiln.tensor.TensorType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * An operation whose result passes through elementwise ones before it is written, so that it is not
 * written and read in between. Its operands come first, then the right operand of every {@link
 * Binary} that follows.
 *
 * @param lead the operation
 * @param after the elementwise operations, in order
 */
record Fused(OpSpec lead, List<OpSpec> after) implements PrivateSpec {

  /** More than networks have in a row; oneDNN takes 32 at most. */
  static final int MOST = 12;

  /** Copies the list. */
  Fused {
    after = List.copyOf(after);
    if (!canLead(lead) || !after.stream().allMatch(Fused::canFollow) || after.size() > MOST) {
      throw new IllegalArgumentException("cannot be one operation: " + lead + ", " + after);
    }
  }

  /** Returns whether an operation's primitive can apply others to its result. */
  static boolean canLead(OpSpec spec) {
    return spec instanceof Conv2d || spec instanceof Linear || canFollow(spec);
  }

  /** Returns whether primitives can apply an operation to their results. */
  static boolean canFollow(OpSpec spec) {
    return spec instanceof Binary operation
        ? OneDnnBinary.algorithm(operation).isPresent()
        : !Eltwise.of(spec).isEmpty();
  }

  /** Returns those of its inputs that the leading operation reads. */
  <T> List<T> ofLead(List<T> inputs) {
    long others = after.stream().filter(Binary.class::isInstance).count();
    return inputs.subList(0, inputs.size() - Math.toIntExact(others));
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    return lead.infer(ofLead(inputs));
  }

  @Override
  public OptionalInt overwrites(int output) {
    return lead.overwrites(output);
  }

  @Override
  public Optional<OpSpec> altered() {
    return Optional.of(lead);
  }

  @Override
  public String opName() {
    return lead.opName()
        + after.stream().map(spec -> "+" + spec.opName()).collect(Collectors.joining());
  }
}
