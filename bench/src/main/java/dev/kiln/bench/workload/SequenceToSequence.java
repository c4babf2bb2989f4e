package dev.kiln.bench.workload;

import dev.kiln.nn.Embedding;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Model;
import dev.kiln.nn.Outcome;
import dev.kiln.nn.Recurrent;
import dev.kiln.nn.Scope;
import dev.kiln.op.Value;
import dev.kiln.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Letters to phonemes by an encoder and a decoder (Sutskever, Vinyals, Le 2014; Cho et al. 2014)
 * that is fed the right phonemes, one step late: letters I64[N, 12], phonemes fed I64[N, 12] and
 * phonemes expected I64[N, 12].
 */
record SequenceToSequence() implements Model {

  private static final int VOCABULARY = 40;
  private static final int STEPS = 12;
  private static final int FEATURES = 64;
  private static final int HIDDEN = 128;

  static Workload workload() {
    Field tokens = new Field.Labels(Shape.of(STEPS), VOCABULARY);
    Map<String, Field> fields = new LinkedHashMap<>();
    fields.put("letters", tokens);
    fields.put("fed", tokens);
    fields.put("phonemes", tokens);
    Model model = new SequenceToSequence();
    return new Workload(
        "seq2seq",
        "Embedding(40, 64), Gru(128) into Gru(128), 12 letters to 12 phonemes",
        64,
        fields,
        model,
        model);
  }

  @Override
  public Outcome apply(Scope scope, List<Value> batch) {
    Value letters = scope.child("letters", Embedding.of(VOCABULARY, FEATURES), batch.get(0));
    Recurrent.Result encoded =
        scope.child("encoder", Recurrent.gru(HIDDEN), Recurrent.Input.of(letters));
    Value fed = scope.child("phonemes", Embedding.of(VOCABULARY, FEATURES), batch.get(1));
    Recurrent.Result decoded =
        scope.child(
            "decoder", Recurrent.gru(HIDDEN), Recurrent.Input.of(fed).startingFrom(encoded.last()));
    Value logits = scope.child("output", Linear.of(VOCABULARY), decoded.outputs());
    int rows = Math.toIntExact(logits.shape().elements(0, 2));
    Value loss =
        scope
            .ops()
            .crossEntropy(
                scope.ops().reshape(logits, rows, VOCABULARY),
                scope.ops().reshape(batch.get(2), rows));
    return new Outcome(loss, logits);
  }
}
