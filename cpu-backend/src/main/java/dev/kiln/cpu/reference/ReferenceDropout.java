package dev.kiln.cpu.reference;

import dev.kiln.backend.Kernel;
import dev.kiln.op.Dropout;
import dev.kiln.tensor.Philox;
import dev.kiln.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** {@link Dropout} in plain Java. */
record ReferenceDropout(Dropout dropout, OperandTypes types) implements ReferenceOp {

  @Override
  public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
    Tensor x = inputs.get(0);
    // Read as what it is: a seed has 64 bits, a double only 53.
    MemorySegment counter = inputs.get(1).data();
    Tensor y = outputs.get(0);
    int[] words = new int[Philox.BLOCK_WORDS];
    long elements = y.elements();
    double scale = 1 / (1 - dropout.probability());
    return () -> {
      long seed = counter.getAtIndex(ValueLayout.JAVA_LONG, 0);
      long step = counter.getAtIndex(ValueLayout.JAVA_LONG, 1);
      for (long i = 0; i < elements; i++) {
        int word = (int) (i % Philox.BLOCK_WORDS);
        if (word == 0) {
          int block = (int) (i / Philox.BLOCK_WORDS);
          Philox.block(seed, dropout.stream(), step, block, words, 0);
        }
        boolean dropped = Integer.toUnsignedLong(words[word]) < dropout.threshold();
        y.set(i, dropped ? 0 : x.get(i) * scale);
      }
    };
  }
}
