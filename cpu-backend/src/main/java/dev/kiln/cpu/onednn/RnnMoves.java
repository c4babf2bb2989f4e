package dev.kiln.cpu.onednn;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Moves the sequences of a thread between the user's order, [N, T, width], and that of its
 * primitives, [T, n, width].
 */
final class RnnMoves {

  /** The moves of one thread, those to turns by layer. */
  private record Moves(List<PrimitiveOp> toTurns, PrimitiveOp toSequences, PrimitiveOp toUser) {

    private Stream<PrimitiveOp> all() {
      return Stream.concat(toTurns.stream(), Stream.of(toSequences, toUser));
    }
  }

  private final RecurrentShape shape;
  private final List<Moves> ofThreads = new ArrayList<>();

  RnnMoves(OpContext context, RecurrentShape shape) {
    this.shape = shape;
    int output = shape.outputWidth();
    for (BatchShare share : shape.shares()) {
      RnnOrder order = new RnnOrder(context.scope(), shape, share);
      List<PrimitiveOp> toTurns = new ArrayList<>();
      for (int layer = 0; layer < shape.spec().layers(); layer++) {
        int features = shape.features(layer);
        toTurns.add(alone(context, order.sequences(features), order.turns(features)));
      }
      ofThreads.add(
          new Moves(
              toTurns,
              alone(context, order.turns(output), order.sequences(output)),
              alone(context, order.states(), order.statesOfUser())));
    }
  }

  private static PrimitiveOp alone(OpContext context, MemoryDesc from, MemoryDesc to) {
    return OpenMpTeam.alone(() -> OneDnnReorder.reorder(context, from, to));
  }

  /** Returns the scratch memory that each thread needs. */
  long scratchBytes() {
    return ofThreads.stream()
        .flatMap(Moves::all)
        .mapToLong(PrimitiveOp::workspaceBytes)
        .max()
        .orElse(0);
  }

  /** Returns what moves a thread's sequences from the input [N, T, features] of a layer. */
  Kernel toTurns(BatchShare share, Buffer sequences, Buffer turns, int layer, Buffer scratch) {
    PrimitiveOp move = ofThreads.get(share.thread()).toTurns.get(layer);
    Buffer from = shape.sequences(sequences, shape.features(layer), share);
    return move.bind(List.of(from), List.of(turns), scratch, share.thread());
  }

  /** Returns what moves a layer's states to their place in all of [N, T, width]. */
  Kernel toSequences(BatchShare share, Buffer turns, Buffer sequences, Buffer scratch) {
    PrimitiveOp move = ofThreads.get(share.thread()).toSequences;
    Buffer to = shape.sequences(sequences, shape.outputWidth(), share);
    return move.bind(List.of(turns), List.of(to), scratch, share.thread());
  }

  /** Returns what moves a layer's last states to their place among all of them. */
  Kernel toUser(BatchShare share, Buffer last, Buffer states, int layer, Buffer scratch) {
    PrimitiveOp move = ofThreads.get(share.thread()).toUser;
    Buffer to = shape.state(states, layer, share);
    return move.bind(List.of(last), List.of(to), scratch, share.thread());
  }
}
