package dev.kiln.models.zoo;

import dev.kiln.nn.Embedding;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Models;
import dev.kiln.nn.Recurrent;
import dev.kiln.nn.Scope;
import dev.kiln.op.Value;

/**
 * A network that reads a word letter by letter in both directions and says from the last states
 * which class it is: letters I64[N, T] and lengths I64[N] to logits [N, classes].
 *
 * <p>Parameters: {@code embedding.weight}, {@code rnn.weight_ih_l0} and so on, {@code out.weight},
 * {@code out.bias}.
 *
 * @param tokens how many letters there are
 * @param features the length of the vector that stands for a letter
 * @param stack the recurrent layers
 * @param classes how many classes are told apart
 */
public record WordClassifier(int tokens, int features, Recurrent stack, int classes)
    implements Models.SequenceNetwork {

  @Override
  public Value apply(Scope scope, Value x, Value lengths) {
    Value letters = scope.child("embedding", Embedding.of(tokens, features), x);
    return scope.child("out", Linear.of(classes), stack.lastOf(scope, "rnn", letters, lengths));
  }
}
