package dev.kiln.nn;

import dev.kiln.tensor.Shape;
import java.util.List;

/**
 * Parameters that lie side by side in one flat tensor, because one operation uses them together:
 * the weights of a recurrent stack.
 *
 * @param members the parameters, in their order in memory
 */
public record ParameterGroup(List<Member> members) {

  /**
   * One parameter of a group.
   *
   * @param name PyTorch's name of it, such as {@code weight_ih_l0}
   * @param shape its dimensions
   * @param initializer how its first values are drawn
   */
  public record Member(String name, Shape shape, Initializer initializer) {}

  /** Copies the list. */
  public ParameterGroup {
    members = List.copyOf(members);
  }

  /** Returns the elements of all members together. */
  public long elements() {
    return members.stream().mapToLong(member -> member.shape().elements()).sum();
  }
}
