package dev.kiln.exec;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Gives every storage an offset in one arena such that no two in use at the same time overlap:
 * greedily by size, each at the lowest gap that fits (Pisarchyk, Lee 2020, "Efficient memory
 * management for deep neural net inference").
 */
final class ArenaLayout {

  private ArenaLayout() {}

  /** Sets the offsets and returns the bytes of the arena. */
  static long assign(List<Storage> storages) {
    List<Storage> bySize = new ArrayList<>(storages);
    bySize.sort(
        Comparator.comparingLong(Storage::alignedBytes)
            .reversed()
            .thenComparingInt(storage -> storage.firstStep));
    List<Storage> placed = new ArrayList<>();
    long arena = 0;
    for (Storage storage : bySize) {
      storage.offset = lowestGap(storage, placed);
      placed.add(storage);
      arena = Math.max(arena, storage.offset + storage.alignedBytes());
    }
    return arena;
  }

  private static long lowestGap(Storage storage, List<Storage> placed) {
    List<Storage> neighbours =
        placed.stream()
            .filter(storage::overlapsInTime)
            .sorted(Comparator.comparingLong(other -> other.offset))
            .toList();
    long candidate = 0;
    for (Storage neighbour : neighbours) {
      if (candidate + storage.alignedBytes() <= neighbour.offset) {
        break;
      }
      candidate = Math.max(candidate, neighbour.offset + neighbour.alignedBytes());
    }
    return candidate;
  }
}
